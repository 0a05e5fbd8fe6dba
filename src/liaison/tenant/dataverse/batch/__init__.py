"""`$batch`: many operations in one request, some of them all or nothing."""
