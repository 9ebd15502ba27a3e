"""The terms as sequences of words, in one flat dict: a million of them in a quarter of a gigabyte."""

from array import array
from collections.abc import Iterable, Sequence

from glossary.morphology import shapes

WIDTH = 1 << 24
TrieState = tuple[dict[str, int], dict[int, int], dict[int, list[int]], set[str], int, bytes, bytes]


class Trie:
    """Sequences of words, numbered from 0 as they are added; a word's number is `numbers[word]`.

    A node is a number: 0 is the root, and a branch that has one sequence below is cut to a leaf, whose number
    is ~entry and so negative. `edges` leads from node * WIDTH + word to the node below. `shown` has the
    words' shapes, see `morphology.stems`.
    """

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self.shown: set[str] = set()
        self.edges: dict[int, int] = {}
        self._ends: dict[int, list[int]] = {}
        self._nodes = 1
        self._flat = array("I")
        self._first = array("Q", [0])

    @property
    def state(self) -> TrieState:
        """Everything, in types that marshal can write."""
        flat, first = self._flat.tobytes(), self._first.tobytes()
        return self.numbers, self.edges, self._ends, self.shown, self._nodes, flat, first

    def restore(self, state: TrieState) -> None:
        """Become the trie that had this `state`."""
        self.numbers, self.edges, self._ends, self.shown, self._nodes, flat, first = state
        self._flat, self._first = array("I", flat), array("Q", first)

    def sequence(self, entry: int) -> array:  # type: ignore[type-arg]
        """The numbers of an entry's words."""
        return self._flat[self._first[entry] : self._first[entry + 1]]

    def below(self, node: int, words: Iterable[int]) -> list[int]:
        """The nodes under `node` that one of the `words` leads to."""
        edges, base = self.edges, node * WIDTH
        return [edges[base + word] for word in words if base + word in edges]

    def ends(self, node: int) -> Sequence[int]:
        """The entries that end at a node that is no leaf."""
        return self._ends.get(node, ())

    def add(self, words: Iterable[str]) -> None:
        """One more entry."""
        numbers, flat = self.numbers, self._flat
        begin, entry = len(flat), len(self._first) - 1
        for word in words:
            number = numbers.get(word)
            if number is None:
                number = numbers[word] = len(numbers)
                self.shown.update(shapes(word))
            flat.append(number)
        self._first.append(len(flat))
        self._insert(entry, flat[begin:])

    def _insert(self, entry: int, sequence: Sequence[int]) -> None:
        node, edges = 0, self.edges
        for depth, number in enumerate(sequence, 1):
            key = node * WIDTH + number
            below = edges.setdefault(key, ~entry)
            if below == ~entry:
                return
            if below < 0:
                below = edges[key] = self._split(~below, depth)
            node = below
        self._ends.setdefault(node, []).append(entry)

    def _split(self, entry: int, depth: int) -> int:
        """Turn a leaf into a node that has the leaf below it."""
        node, self._nodes = self._nodes, self._nodes + 1
        sequence = self.sequence(entry)
        if len(sequence) == depth:
            self._ends[node] = [entry]
        else:
            self.edges[node * WIDTH + sequence[depth]] = ~entry
        return node
