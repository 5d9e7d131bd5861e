"""The words a household is described with: what is not to be proposed, what the kitchen lacks, why a decision fell.

They are ticked from a list and never typed, so that no motive, belief or illness can slip in, and so that a slip
of the keyboard cannot hide an allergen.
"""

from common.words import N_

CONTENTS = {
    "pork": N_("Pork"),
    "meat": N_("Meat"),
    "gelatine": N_("Animal gelatine"),
    "alcohol": N_("Alcohol"),
    "gluten": N_("Gluten"),
    "milk": N_("Milk"),
    "eggs": N_("Eggs"),
    "fish": N_("Fish"),
    "crustaceans": N_("Crustaceans"),
    "molluscs": N_("Molluscs"),
    "peanuts": N_("Peanuts"),
    "nuts": N_("Nuts"),
    "soybeans": N_("Soybeans"),
    "sesame": N_("Sesame"),
    "celery": N_("Celery"),
    "mustard": N_("Mustard"),
    "sulphites": N_("Sulphites"),
    "lupin": N_("Lupin"),
}
"""What a household may ask not to be given: four contents that many leave out, and the fourteen allergens of
Regulation (EU) 1169/2011, annex II. The stockroom describes its products with the same codes."""

EQUIPMENT = {
    "fridge": N_("Fridge"),
    "freezer": N_("Freezer"),
    "hob": N_("Hob"),
    "oven": N_("Oven"),
    "microwave": N_("Microwave"),
}
"""What some goods need at home."""

CHANNELS = {
    "free": N_("Free basket"),
    "shop": N_("Shop, for a small share of the price"),
}

OUTCOMES = {
    "admitted": N_("Admitted"),
    "deferred": N_("Deferred"),
    "refused": N_("Not admitted"),
}

REASONS = {
    "scale": N_("As the scale proposes"),
    "committee": N_("Opinion of the committee"),
    "emergency": N_("Emergency"),
    "means_changing": N_("Means about to change"),
    "exceptional_costs": N_("Exceptional costs"),
    "papers_missing": N_("Papers still missing"),
    "helped_elsewhere": N_("Better helped elsewhere"),
    "outside_the_town": N_("Lives outside the network's towns"),
}
"""Why a person decided as they did. No status is among them."""
