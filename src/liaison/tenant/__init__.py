"""The local tenant: Entra ID, Dataverse and Microsoft Graph on one machine, over SQLite and a blob folder.

It shares no code with the product. Three faces (`entra`, `dataverse`, `graph`) answer the three protocols;
all state is in `estate`; `teams` is a small Teams client that talks to the faces as any client would.
"""
