"""The body of an article page, told from everything else on it by learned blocks.

`outline`: Lexbor writes the parsed page out again, and the kernels of `walk` (with `tags`, `characters` and
`markup`) turn that into columns of numbers, the `blocks` and elements. `features` measures each block by
itself and, through `surroundings` (`ancestry`, `neighbours`), where it stands; a first ensemble of boosted
trees judges it. `context` adds what that ensemble says of the blocks around, for a second one; `body` takes
the best run of blocks. `extract` makes paragraphs of them, or asks trafilatura in doubt; `kind` says whether
the page is an article at all. training/train_page.py learns the ensembles, from these same columns.
"""
