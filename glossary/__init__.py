"""The termbase: curated terms in PO, Arabic matching, English forms. Knows nothing of translation."""
