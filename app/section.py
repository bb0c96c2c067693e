"""What every table of the settings is: nothing that is not known, no NaN, never changed."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A table of the settings."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
