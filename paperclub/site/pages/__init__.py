"""The book's generated pages: each module turns the course's own data into HTML, all of it escaped.

Every function takes ``root``, the way from the page to the book's top folder (``"../"``), so that
links work on a server and from a folder on disk alike.
"""
