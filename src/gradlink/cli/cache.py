"""``gradlink cache``: what files of results take on this machine, and a way to be rid of them."""

from __future__ import annotations

import click

from gradlink.cli.console import write


@click.command("cache", epilog="Files in download_files= or GRADIO_TEMP_DIR are not the cache's.")
@click.option("--clean", is_flag=True, help="Remove all files.")
@click.option(
    "--older-than",
    type=click.FloatRange(min=0),
    metavar="DAYS",
    help="With --clean: only those that no program was given for so long.",
)
def command(clean: bool, older_than: float | None) -> None:
    """Show where the files of results are, how many, and how large; remove them."""
    import time

    from gradlink._html.words import bytes_text
    from gradlink._local.cache import cached_files, files_directory, remove, superfluous

    if older_than is not None and not clean:
        raise click.UsageError("--older-than says what --clean removes")
    directory = files_directory()
    files = list(cached_files(directory))
    going = files
    if clean and older_than is not None:
        going = list(superfluous(files, time.time(), sum(file.size for file in files), older_than * 86400))
    if clean:
        remove(going)
    what = "removed from" if clean else "in"
    write(f"{len(going):,} files, {bytes_text(sum(file.size for file in going))}, {what} {directory}")
