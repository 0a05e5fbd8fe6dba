"""Rules the server keeps beside storing: states, default sites, the Teams switch, links and their locations."""
