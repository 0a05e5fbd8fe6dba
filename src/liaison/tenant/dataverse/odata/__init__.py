"""Query options: from text to typed expressions. Written by hand: a lexer of one pattern and a Pratt parser."""
