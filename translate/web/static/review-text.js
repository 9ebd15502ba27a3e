// Places in texts. The server counts code points, JavaScript UTF-16 units, the DOM nodes and offsets in them.
const ASTRAL = /[\ud800-\udfff]/;

export const toPoints = (text, units) =>
  ASTRAL.test(text) ? [...text.slice(0, units)].length : Math.min(units, text.length);

export const toUnits = (text, points) =>
  ASTRAL.test(text) ? [...text].slice(0, points).join("").length : Math.min(points, text.length);

// The place in the DOM of an offset (units) into an element that holds nothing but text.
const place = (element, units) => {
  const only = element.firstChild;
  if (only && !only.nextSibling && only.nodeType === Node.TEXT_NODE) {
    return [only, Math.min(units, only.length)];
  }
  const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  let last = null;
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    if (units <= node.length) return [node, units];
    units -= node.length;
    last = node;
  }
  return last ? [last, last.length] : [element, 0];
};

// A live range over code points of an element's text; null where there is nothing between them.
export const rangeOver = (element, start, end) => {
  const text = element.textContent;
  const from = toUnits(text, start);
  const to = toUnits(text, end);
  if (to <= from) return null;
  const range = document.createRange();
  range.setStart(...place(element, from));
  range.setEnd(...place(element, to));
  return range;
};

// The offset in code points of a place in the DOM inside an element.
export const pointsAt = (element, node, offset) => {
  const before = document.createRange();
  before.selectNodeContents(element);
  before.setEnd(node, offset);
  const units = before.toString().length;
  return toPoints(element.textContent, units);
};

export const putCaret = (element, points) => {
  const range = document.createRange();
  range.setStart(...place(element, toUnits(element.textContent, points)));
  range.collapse(true);
  const selection = getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
};

// Where a point of the screen is in an element's text (code points), or null beside the text.
export const pointsUnder = (element, x, y) => {
  let node;
  let offset;
  if (document.caretPositionFromPoint) {
    const found = document.caretPositionFromPoint(x, y);
    if (!found) return null;
    ({ offsetNode: node, offset } = found);
  } else {
    const found = document.caretRangeFromPoint(x, y);
    if (!found) return null;
    ({ startContainer: node, startOffset: offset } = found);
  }
  if (!element.contains(node)) return null;
  return pointsAt(element, node, offset);
};

// Whether a range is drawn under a point of the screen.
export const isUnder = (range, x, y) =>
  [...range.getClientRects()].some(
    (r) => r.left <= x && x <= r.right && r.top - 4 <= y && y <= r.bottom + 4,
  );
