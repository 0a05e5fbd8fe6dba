"""Sign-in, consent and tokens, as Microsoft Entra ID speaks them. Source: identity.md."""
