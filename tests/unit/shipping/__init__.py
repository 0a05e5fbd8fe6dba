"""What Liaison ships."""
