"""What eaten food stands for: meals, emissions avoided and euros, by dated factors with their source."""

import datetime as dt

from msgspec import Struct


class Impact(Struct, frozen=True):
    """What the food that was eaten stands for, with the version of the factors."""

    meals: int
    co2e_kg: int
    cents: int
    """At usual shop prices."""
    version: str
    co2e_by_family_kg: int = 0
    """By the factor of each family instead of a general one: a second figure, never mixed with the first."""


class Factors(Struct, frozen=True):
    """One generic factor each: by family would be another figure, and the two are never mixed.

    The defaults are those of the Food Banks federation (1 kg = 2 meals) and of ADEME 2016 (1.53 kg CO2e a kg).
    """

    version: str = "ADEME 2016"
    meal_grams: int = 500
    co2e_g_per_kg: int = 1530
    valid_from: dt.date = dt.date(2016, 5, 1)

    def impact(self, eaten_grams: int, cents: int, co2e_by_family_mg: int = 0) -> Impact:
        """Only food that was eaten counts.

        >>> Factors().impact(1_000_000, 0).meals
        2000
        """
        return Impact(
            meals=eaten_grams // self.meal_grams,
            co2e_kg=eaten_grams * self.co2e_g_per_kg // 1_000_000,
            cents=cents,
            version=self.version,
            co2e_by_family_kg=co2e_by_family_mg // 1_000_000,
        )
