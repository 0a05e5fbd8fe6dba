"""The CRM's state: table definitions declared once, and per environment the rows, flags, roles and rights."""
