"""The commands, by topic. Each module is light: what a command needs is imported when it runs."""
