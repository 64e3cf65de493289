"""How alike two words are spelt, and the names nearest to a word."""

from collections.abc import Iterable


def alike(names: Iterable[str], word: str, least: float, most: int) -> list[tuple[str, float]]:
    """Up to `most` of `names` spelt at least `least` (0 to 100) like `word`, nearest first.

    Likeness is 100 · (1 − d / n): d letters to insert or delete, of n in both. The longest common
    subsequence is counted in the bits of one integer, as Hyyrö does. Equally near names keep
    their order.
    """
    places: dict[str, int] = {}
    for k, letter in enumerate(word):
        places[letter] = places.get(letter, 0) | 1 << k
    every = (1 << len(word)) - 1
    scores = []
    for name in names:
        letters = len(word) + len(name)
        if 200.0 * min(len(word), len(name)) < (least - 1e-6) * letters:
            continue
        free = every
        for letter in name:
            fits = free & places.get(letter, 0)
            free = (free + fits | free - fits) & every
        shared = len(word) - free.bit_count()
        score = 100.0 * (1.0 - (letters - 2 * shared) / letters) if letters else 100.0
        if score >= least:
            scores.append((name, score))
    return sorted(scores, key=lambda pair: -pair[1])[:most]
