"""Invented people with names as frequent as they are in France, and how the same people are registered again.

Names are among the most frequent in France and in its north, and among those of people who came from the Maghreb,
Poland, Portugal and West Africa; some are made double or get a particle, as in life. The slips are those of counters:
each kind is drawn as often as said here, not as often as it is in any town, which nobody has measured.
"""

import datetime as dt
import random
from collections.abc import Callable
from itertools import accumulate

from households.sealing import Named

_FAMILY = (
    "Martin Bernard Thomas Petit Robert Richard Durand Dubois Moreau Laurent Simon Michel Lefebvre Leroy Roux "
    "David Bertrand Morel Fournier Girard Bonnet Dupont Lambert Fontaine Rousseau Vincent Muller Lefèvre Faure "
    "André Mercier Blanc Guérin Boyer Garnier Chevalier François Legrand Gauthier Garcia Perrin Robin Clément "
    "Morin Nicolas Henry Roussel Mathieu Gautier Masson Marchand Duval Denis Dumont Marie Lemaire Noël Meyer "
    "Dufour Meunier Brun Blanchard Giraud Joly Rivière Lucas Brunet Gaillard Barbier Arnaud Martinez Gérard "
    "Roche Renard Schmitt Leroux Colin Vidal Caron Picard Roger Fabre Aubert Lemoine Renaud Dumas Lacroix "
    "Olivier Philippe Bourgeois Pierre Benoit Rey Leclerc Payet Rolland Leclercq Guillaume Lecomte Lopez Jean "
    "Dupuy Guillot Hubert Berger Carpentier Sanchez Dupuis Moulin Delattre Vasseur Pruvost Carlier Dubreucq "
    "Delannoy Hennebelle Wallart Deschamps Bocquet Cappe Flament Lesage Kowalczyk Nowak Wojcik Kaczmarek "
    "Szymanski Lewandowski Zielinski Mazurek Da_Silva Ferreira Pereira Mendes Santos Benali Haddad Saïdi Ouali "
    "Mansouri Belkacem Bouzid Cherif Hamdi Khelifi Meziane Rahmani Slimani Toumi Zerrouki Diallo Traoré Diop "
    "Ndiaye Koné Camara Sow Keita Coulibaly Touré"
)
FAMILY = _FAMILY.split()
_GIVEN = (
    "Marie Jean Pierre Michel Nathalie Isabelle Sylvie Philippe Catherine Patrick Christine Alain Françoise Nicolas "
    "Stéphanie Christophe Sandrine Laurent Céline Frédéric Julie Sébastien Aurélie Thomas Émilie Julien Camille Léa "
    "Manon Chloé Lucas Hugo Théo Enzo Inès Jade Louis Gabriel Raphaël Arthur Jules Adam Léo Nadia Fatima Mohamed "
    "Karim Rachid Samira Leïla Yasmina Ahmed Ali Youssef Amina Khadija Mehdi Sofiane Aminata Fatou Mamadou Ousmane "
    "Awa Ibrahima Zofia Agnieszka Krzysztof Piotr Ewa Tomasz Joaquim Manuel Maria José Ana Rosa Chantal Monique "
    "Jacqueline Bruno Didier Thierry Daniel Gérard Odile Brigitte Véronique Valérie Corinne Sophie Caroline Virginie"
)
GIVEN = _GIVEN.split()
COMPOUND = ("Jean-Pierre", "Jean-Luc", "Marie-Claire", "Anne-Marie", "Marie-Christine", "Jean-Claude", "Pierre-Yves")
PARTICLES = ("de ", "Le ", "d’", "De ", "Van ", "El ", "Ben ")


def people(chance: random.Random, count: int) -> list[Named]:
    """So many people; a few of them share a name by chance, as in any town."""
    families = list(accumulate(1 / (n + 8) for n in range(len(FAMILY))))
    givens = list(accumulate(1 / (n + 12) for n in range(len(GIVEN))))
    first = dt.date(1941, 1, 1).toordinal()
    return [Named(_given(chance, givens), _family(chance, families), _day(chance, first), "self") for _ in range(count)]


def _given(chance: random.Random, weights: list[float]) -> str:
    return chance.choice(COMPOUND) if chance.random() < 0.06 else chance.choices(GIVEN, cum_weights=weights)[0]


def _family(chance: random.Random, weights: list[float]) -> str:
    family = chance.choices(FAMILY, cum_weights=weights)[0].replace("_", " ")
    if chance.random() < 0.03:
        return chance.choice(PARTICLES) + family
    if chance.random() < 0.06:
        return f"{family}-{chance.choices(FAMILY, cum_weights=weights)[0].replace('_', ' ')}"
    return family


def _day(chance: random.Random, first: int) -> str:
    return dt.date.fromordinal(first + chance.randrange(67 * 365)).isoformat()


def capitals(chance: random.Random, who: Named) -> Named:
    """In capitals without accents, as cards and counters write."""
    bare = str.maketrans("éèêëïîôûüçÉ", "eeeeiiouucE")
    return Named(who.given.translate(bare).upper(), who.family.translate(bare).upper(), who.birth)


def spaces(chance: random.Random, who: Named) -> Named:
    """Hyphens and particles written otherwise."""
    return Named(who.given.replace("-", " "), who.family.replace("-", " ").replace("’", " "), who.birth)


def swapped(chance: random.Random, who: Named) -> Named:
    """The given name where the family name should be."""
    return Named(who.family, who.given, who.birth)


def slip(chance: random.Random, who: Named) -> Named:
    """One letter too many, missing, wrong, or in its neighbour's place."""
    name = who.family if len(who.family) > 3 else who.given
    at = chance.randrange(1, len(name) - 1)
    letter = chance.choice("aeinorst")
    wrong = chance.choice(
        (
            name[:at] + name[at + 1 :],
            name[:at] + letter + name[at:],
            name[:at] + letter + name[at + 1 :],
            name[:at] + name[at + 1] + name[at] + name[at + 2 :],
        )
    )
    return Named(who.given, wrong, who.birth) if name == who.family else Named(wrong, who.family, who.birth)


def half(chance: random.Random, who: Named) -> Named:
    """One part of a double name; a slip where there is none."""
    for parts in (who.given.split("-"), who.family.split("-")):
        if len(parts) == 2:
            kept = chance.choice(parts)
            given = kept if parts == who.given.split("-") else who.given
            return Named(given, who.family if given != who.given else kept, who.birth)
    return slip(chance, who)


def by_ear(chance: random.Random, who: Named) -> Named:
    """Spelt as it sounds."""
    given, family = who.given, who.family
    for heard, written in (("ph", "f"), ("ou", "u"), ("ï", "i"), ("ck", "k"), ("y", "i"), ("ll", "l"), ("nn", "n")):
        given, family = given.replace(heard, written), family.replace(heard, written)
    family = family.replace("eau", "o").removesuffix("e").removesuffix("t")
    return Named(given, family, who.birth)


def day_and_month(chance: random.Random, who: Named) -> Named:
    year, month, day = who.birth.split("-")
    return Named(who.given, who.family, f"{year}-{day}-{month}" if int(day) <= 12 else f"{year}-{month}-01")


def wrong_year(chance: random.Random, who: Named) -> Named:
    return Named(who.given, who.family, f"{int(who.birth[:4]) + chance.choice((-10, -1, 1, 10))}{who.birth[4:]}")


def year_alone(chance: random.Random, who: Named) -> Named:
    """Only the year was known, at one of the two places."""
    return Named(who.given, who.family, who.birth[:4])


Again = Callable[[random.Random, Named], Named]
CAREFUL: tuple[Again, ...] = (capitals, spaces, swapped)
SLIPS: tuple[Again, ...] = (slip, slip, half, by_ear, day_and_month, wrong_year, year_alone)
