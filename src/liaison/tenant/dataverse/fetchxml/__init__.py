"""FetchXML: from text to a typed query, to SQL, to rows."""
