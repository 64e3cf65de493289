"""Every format that is recognised by itself, in the order in which they are tried."""

from somnesium.nights.readers.apple_health import APPLE_HEALTH
from somnesium.nights.readers.fitbit_csv import FITBIT_CSV
from somnesium.nights.readers.fitbit_json import FITBIT_JSON
from somnesium.nights.readers.garmin import GARMIN
from somnesium.nights.readers.ggir import GGIR
from somnesium.nights.readers.google_csv import GOOGLE_CSV
from somnesium.nights.readers.health_connect import HEALTH_CONNECT
from somnesium.nights.readers.oura_csv import OURA_CSV
from somnesium.nights.readers.oura_json import OURA_JSON
from somnesium.nights.readers.plees import PLEES
from somnesium.nights.readers.polar import POLAR
from somnesium.nights.readers.reader import Reader
from somnesium.nights.readers.samsung import SAMSUNG
from somnesium.nights.readers.sleep_as_android import SLEEP_AS_ANDROID
from somnesium.nights.readers.sleep_diary import SLEEP_DIARY
from somnesium.nights.readers.sleepmeter import SLEEPMETER
from somnesium.nights.readers.whoop import WHOOP
from somnesium.nights.readers.withings import WITHINGS

READERS: tuple[Reader, ...] = (
    APPLE_HEALTH,
    HEALTH_CONNECT,
    FITBIT_JSON,
    OURA_JSON,
    GARMIN,
    POLAR,
    FITBIT_CSV,
    GOOGLE_CSV,
    OURA_CSV,
    WITHINGS,
    WHOOP,
    SAMSUNG,
    SLEEP_AS_ANDROID,
    SLEEPMETER,
    PLEES,
    GGIR,
    SLEEP_DIARY,
)
"""No example of one format is recognised by another; a test holds them to it."""
