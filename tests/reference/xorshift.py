"""The numbers that references are made of, here and in tests/it/stats/xorshift.rs alike."""

MASK = (1 << 64) - 1


class Numbers:
    """Xorshift on 64 bits (Marsaglia 2003)."""

    def __init__(self, seed):
        self.state = seed

    def next(self):
        s = self.state
        s ^= (s << 13) & MASK
        s ^= s >> 7
        s ^= (s << 17) & MASK
        self.state = s
        return s

    def below(self, n):
        return self.next() % n

    def unit(self):
        return (self.next() >> 40) / (1 << 24)
