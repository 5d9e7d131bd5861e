"""The trips from one site to another taken together: what can have come along a road by a day."""

import numpy as np

from allocation.arrays import COLD, Arrays, Flags, Ints

NEVER = 1 << 40


class Roads:
    """Each road with the days on which something arrives, first to last, and the grams arrived by then."""

    def __init__(self, arrays: Arrays) -> None:
        trips = arrays.instance.transfers
        ends = sorted({(t.origin, t.destination) for t in trips})
        self.of_trip: Ints = np.array([ends.index((t.origin, t.destination)) for t in trips], dtype=np.int64)
        days = [sorted({t.arrives.toordinal() for t in trips if (t.origin, t.destination) == road}) for road in ends]
        self.most = max((len(d) for d in days), default=0)
        self.arrival: Ints = np.full((len(ends), self.most), NEVER, dtype=np.int64)
        grams = np.zeros((len(ends), self.most, 2), dtype=np.int64)
        for road, of_road in enumerate(days):
            self.arrival[road, : len(of_road)] = of_road
        for trip, road in zip(trips, self.of_trip.tolist(), strict=True):
            grams[road, days[road].index(trip.arrives.toordinal()), : 1 + trip.cold] += trip.max_grams
        self.limit: Ints = grams.cumsum(axis=1).ravel()
        self.cold: Flags = np.array([not COLD.isdisjoint(lot.needs) for lot in arrays.instance.lots], dtype=bool)
        """The lots that travel on cold trips only."""

    def arrived(self, trip: Ints, day: Ints) -> Ints:
        """How many days of arrival, less one, the road of each trip has had by a day."""
        by: Ints = (self.arrival[self.of_trip[trip]] <= day[:, None]).sum(axis=1) - 1
        return by

    def row(self, trip: Ints, nth: int, cold: int) -> Ints:
        """Where `limit` says what the roads of these trips have carried by their nth day, or carried cold."""
        return (self.of_trip[trip] * self.most + nth) * 2 + cold
