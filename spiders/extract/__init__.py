"""Pure helpers that all source kinds share: bytes and words in, clean values out; no network, no clock.

`text` markup to plain text · `dates` every way of writing a date · `links` addresses · `words` what job words mean ·
`selectors` the operator's CSS · `xml` safe XML · `markup` and `schema` JobPostings in pages · `jsonfeed` JSON Feed ·
`posting` makes the posting.
"""

from spiders.extract.xml import XmlRefusedError, parse_xml

__all__ = ["XmlRefusedError", "parse_xml"]
