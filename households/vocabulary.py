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

BONDS = {
    "self": N_("Person asking"),
    "partner": N_("Spouse or partner"),
    "child": N_("Child"),
    "parent": N_("Parent"),
    "relative": N_("Other relative"),
    "other": N_("Somebody else"),
}

SEXES = {
    "unsaid": N_("Not said"),
    "woman": N_("Woman"),
    "man": N_("Man"),
}
"""Of children too. Returns count it; nothing else asks for it, and nobody has to say."""

HEARD = {
    "unsaid": N_("Not asked"),
    "partner": N_("Another structure of the network"),
    "social_service": N_("A social service"),
    "word_of_mouth": N_("Word of mouth"),
    "town_hall": N_("The town hall"),
    "school": N_("School or nursery"),
    "health": N_("Somebody in health care"),
    "poster_web": N_("A poster or the internet"),
    "other": N_("Otherwise"),
}
"""How people came to know that they may ask: where many come from nowhere, many others do not come."""

HOUSING = {
    "unsaid": N_("Not asked"),
    "social_tenant": N_("Tenant of social housing"),
    "private_tenant": N_("Tenant of a private owner"),
    "owner": N_("Owner"),
    "hosted": N_("With family or friends"),
    "hotel": N_("Hotel or hostel"),
    "homeless": N_("No home of their own"),
    "other": N_("Otherwise"),
}

STATUSES = {
    "unsaid": N_("Not asked"),
    "wages": N_("Employed"),
    "self_employed": N_("Self-employed"),
    "unemployment": N_("Unemployed, with benefit"),
    "minimum_income": N_("RSA"),
    "pension": N_("Retired"),
    "disability": N_("AAH or disability pension"),
    "student": N_("Student"),
    "none": N_("No income"),
    "other": N_("Otherwise"),
}
"""What they mostly live on, for statistics alone: who is not reached can be seen only if it is counted."""

END_REASONS = {
    "means_better": N_("Their means are better"),
    "moved": N_("Moved away"),
    "own_wish": N_("They no longer wish to come"),
    "no_news": N_("No news"),
    "elsewhere": N_("Helped elsewhere"),
    "other": N_("Otherwise"),
}

LOOKED = {
    "file": N_("to work on your file"),
    "card": N_("to open your card"),
    "search": N_("in a search"),
    "presence": N_("for the presence list of the day"),
    "round": N_("to bring baskets to the door"),
    "referral": N_("to follow up what was handed to them"),
    "objection": N_("to write down that you do not want to be compared"),
    "export": N_("to give you what is held on you"),
}
"""What somebody looked at a name for."""

ANSWERS = {
    "kept": N_("The decision is kept"),
    "changed": N_("A new decision follows"),
}
"""How an appeal ended."""
