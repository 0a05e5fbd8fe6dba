"""Words from which the CRM's seed makes companies, people, deals and cases."""

from __future__ import annotations

COMPANIES: tuple[str, ...] = (
    "Northwind Traders", "Adventure Works", "Fabrikam, Inc.", "Litware, Inc.", "Fourth Coffee", "Alpine Ski House",
    "City Power & Light", "Blue Yonder Airlines", "Coho Winery", "A. Datum Corporation", "Contoso Pharmaceuticals",
    "Tailspin Toys", "Trey Research", "The Phone Company", "Wide World Importers", "Woodgrove Bank",
    "Proseware, Inc.", "Graphic Design Institute", "Humongous Insurance", "Lucerne Publishing", "Margie's Travel",
    "School of Fine Art", "Southridge Video", "VanArsdel, Ltd.", "Wingtip Toys", "O'Brien & Sons",
    "L'Atelier d'Élodie", "Café Zoé", "R&D_Services [Lyon]", "50 % Remise SARL", "Éts. Müller & Fils", "Ångström AB",
)  # fmt: skip

COMPANY_BEGINNINGS: tuple[str, ...] = (
    "Boulangerie", "Transports", "Imprimerie", "Menuiserie", "Cabinet", "Clinique", "Groupe", "Laboratoires",
    "Établissements", "Domaine", "Garage", "Papeterie", "Brasserie", "Fonderie", "Pharmacie", "Coopérative",
)  # fmt: skip
COMPANY_ENDINGS: tuple[str, ...] = (
    "Industries", "Logistics", "Consulting", "Foods", "Energy", "Systems", "Partners", "Retail", "Holdings",
    "Engineering", "Media", "Health", "Motors", "Textiles", "Software", "& Sons",
)  # fmt: skip

FRENCH_FIRST: tuple[str, ...] = (
    "Amélie", "Benoît", "Camille", "Chloé", "Élise", "Étienne", "François", "Gaëlle", "Hélène", "Inès", "Jérôme",
    "Joël", "Léa", "Loïc", "Maëlys", "Mathilde", "Noémie", "Océane", "Pauline", "Quentin", "Raphaël", "Rémi",
    "Sébastien", "Solène", "Théo", "Valérie", "Xavier", "Yasmine", "Zoé", "Baptiste",
)  # fmt: skip
ENGLISH_FIRST: tuple[str, ...] = (
    "Alice", "Ben", "Charlotte", "Daisy", "Edward", "Fiona", "George", "Harriet", "Isaac", "Jack", "Katherine",
    "Liam", "Megan", "Nathan", "Olivia", "Peter", "Rachel", "Samuel", "Thomas", "Victoria", "William", "Yvonne",
)  # fmt: skip
FRENCH_LAST: tuple[str, ...] = (
    "Arnaud", "Bérenger", "Carpentier", "Dufour", "Étienne", "Faure", "Gauthier", "Guérin", "Hébert", "Joubert",
    "Lacroix", "Lefèvre", "Legrand", "Lemaître", "Mercier", "Moreau", "Noël", "Perrin", "Picard", "Renaud", "Rivière",
    "Rousseau", "Sabatier", "Thévenet", "Tessier", "Vasseur", "Vidal", "Weiss",
)  # fmt: skip
ENGLISH_LAST: tuple[str, ...] = (
    "Abbott", "Barnes", "Carter", "Dawson", "Ellis", "Foster", "Graham", "Hayes", "Ingram", "Jennings", "Knight",
    "Lawson", "Marsh", "Norris", "O'Connor", "Palmer", "Quinn", "Reid", "Shaw", "Turner", "Vaughan", "Walsh", "Young",
)  # fmt: skip

JOB_TITLES: tuple[str, ...] = (
    "Directeur des achats", "Purchasing Manager", "Directrice générale", "Chief Executive", "Responsable informatique",
    "IT Manager", "Chef de projet", "Project Manager", "Directeur financier", "Finance Director",
    "Assistante de direction",
    "Office Manager", "Responsable qualité", "Operations Lead",
)  # fmt: skip

CITIES: tuple[tuple[str, str, str, str], ...] = (
    ("Paris", "75009", "France", "+33 1 55 01"), ("Lyon", "69003", "France", "+33 4 78 22"),
    ("Marseille", "13002", "France", "+33 4 91 33"), ("Nantes", "44000", "France", "+33 2 40 44"),
    ("Saint-Étienne", "42000", "France", "+33 4 77 12"), ("Lille", "59800", "France", "+33 3 20 61"),
    ("Bruxelles", "1000", "Belgique", "+32 2 511"), ("Genève", "1204", "Suisse", "+41 22 310"),
    ("London", "EC2A 4NE", "United Kingdom", "+44 20 7946"), ("Manchester", "M1 4BT", "United Kingdom", "+44 161 496"),
    ("Dublin", "D02 X285", "Ireland", "+353 1 525"), ("Edinburgh", "EH1 1YZ", "United Kingdom", "+44 131 496"),
)  # fmt: skip

DEALS: tuple[str, ...] = (
    "Renouvellement {year}", "Renewal {year}", "Licences supplémentaires", "Additional licences", "Projet pilote",
    "Pilot project", "Contrat de maintenance", "Support contract", "Formation des équipes", "Team training",
    "Migration vers le cloud", "Cloud migration", "Extension au siège", "Head office rollout",
    "Équipement du nouvel entrepôt", "New warehouse equipment",
)  # fmt: skip
LEAD_TOPICS: tuple[str, ...] = (
    "Demande de démonstration", "Asked for a demo", "Rencontre au salon", "Met at the trade show",
    "Intérêt pour la maintenance", "Interested in support", "Recommandation d'un client", "Referred by a customer",
    "Formulaire du site web", "Web form",
)  # fmt: skip
CASES: tuple[str, ...] = (
    "Impossible de se connecter", "Cannot sign in", "Facture en double", "Billed twice", "Livraison incomplète",
    "Incomplete delivery", "Demande de remplacement", "Replacement request", "Lenteur de l'application",
    "Application is slow", "Erreur à l'impression", "Printing fails", "Question sur la garantie", "Warranty question",
    "Panne de l'équipement", "Equipment failure",
)  # fmt: skip
TASKS: tuple[str, ...] = (
    "Rappeler le client", "Call the customer back", "Envoyer le devis", "Send the quote", "Préparer la réunion",
    "Prepare the meeting", "Relire le contrat", "Review the contract",
)  # fmt: skip
MEETINGS: tuple[str, ...] = (
    "Réunion de lancement", "Kick-off meeting", "Point mensuel", "Monthly review", "Présentation de l'offre",
    "Offer presentation",
)  # fmt: skip
MAILS: tuple[str, ...] = (
    "Votre demande du mois dernier", "Your request of last month", "Documents joints", "Attached documents",
    "Prochaine étape", "Next step",
)  # fmt: skip
NOTES: tuple[str, ...] = (
    "Le client préfère être appelé le matin.", "Prefers to be called in the morning.",
    "Décision attendue en comité.", "Decision expected from the board.",
    "Concurrent présent sur le dossier.", "A competitor is involved.",
)  # fmt: skip
PRODUCTS: tuple[str, ...] = (
    "Terminal A100", "Terminal A200", "Capteur S1", "Capteur S2", "Passerelle réseau", "Network Gateway",
    "Licence Standard", "Licence Premium", "Support 8×5", "Support 24×7", "Formation sur site", "Onsite Training",
    "Kit d'installation", "Installation Kit", "Audit annuel", "Annual Audit",
)  # fmt: skip
COMPETITORS: tuple[str, ...] = ("Globex", "Initech", "Umbrella", "Hooli", "Stark & Cie", "Wayne Solutions")
CAMPAIGNS: tuple[str, ...] = (
    "Salon 2027", "Spring Launch", "Rentrée des PME", "Autumn Webinars", "Parrainage", "Loyalty Offer",
)  # fmt: skip
ARTICLES: tuple[str, ...] = (
    "Réinitialiser un mot de passe", "Reset a password", "Comprendre sa facture", "Understand your bill",
    "Installer le terminal A100", "Install the A100 terminal", "Suivre une livraison", "Track a delivery",
)  # fmt: skip
