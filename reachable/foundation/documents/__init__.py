"""A paper of headings, texts and quotes, written as a Word document and as a PDF.

Both come from the same blocks, so that they say the same. What people typed is passed as data and
never as markup.
"""

from reachable.foundation.documents.papers import Block, Paper
from reachable.foundation.documents.pdf import as_pdf
from reachable.foundation.documents.word import as_word

__all__ = ["Block", "Paper", "as_pdf", "as_word"]
