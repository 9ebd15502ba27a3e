"""How good are translations: against references, against another system, and against a termbase."""
