"""Reading files: the bytes of a CSV file or a workbook become blocks of text, each row with its place.

Nothing is guessed: what a file is says its content, what its columns are says a layout, and a row that does not fit is
refused with the reason. Nothing read is written anywhere, and no message quotes a cell. Begins at `opening.open_file`.
"""
