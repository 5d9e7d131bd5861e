"""Rows as the two RappelConso data sets write them, with what a test wants to say."""

from typing import Any


def row(**said: Any) -> dict[str, Any]:
    """A row about food; empty cells as the data sets leave them."""
    usual = {
        "numero_fiche": "2026-11-0042",
        "numero_version": 1,
        "rappel_guid": "4f1c7a2e",
        "gtin": None,
        "categorie_produit": "alimentation",
        "sous_categorie_produit": "lait et produits laitiers",
        "marque_produit": "la prairie",
        "modeles_ou_references": "yaourt nature¤yaourt sucré",
        "identification_produits": None,
        "date_debut_commercialisation": "2026-11-02",
        "distributeurs": "supermarché du bois",
        "motif_rappel": "présence de listeria",
        "risques_encourus": "listeria monocytogenes",
        "conduites_a_tenir_par_le_consommateur": "ne plus consommer|détruire le produit",
        "date_de_fin_de_la_procedure_de_rappel": None,
        "lien_vers_la_fiche_rappel": "https://rappel.conso.gouv.fr/fiche-rappel/1/Interne",
        "date_publication": "2026-11-20T10:30:00+00:00",
        "libelle": "yaourts nature",
    }
    return usual | said
