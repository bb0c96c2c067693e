"""The archive: decoded readings as Parquet files by kind and day, to compute any past period from."""

from store.archive.archive import ParquetArchive

__all__ = ["ParquetArchive"]
