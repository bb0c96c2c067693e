"""What a reload of the configuration changed."""

from api.schemas.alerts import ReloadOut
from api.schemas.common import Answer


class NamesOut(Answer):
    """What is new, changed or gone, by name."""

    new: list[str]
    changed: list[str]
    gone: list[str]


class ChannelsOut(NamesOut):
    """The same of channels. `begun_anew`: the file, a secret or a template changed, and every lane was begun anew."""

    begun_anew: bool


class ConfigReloadOut(Answer):
    """Rules change with the next tick, chains and channels at once.

    `orphans`: how many notices became dead letters, by channel, because it is configured no more.
    """

    rules: ReloadOut
    chains: NamesOut
    channels: ChannelsOut
    orphans: dict[str, int]
