"""Three days of a service: sleep, a lost network, a changed file, a dead mail server, a clock set wrong, a full disk, a death.

Everything is told once, each trouble reaches a person within one period, and at the end all is well.
"""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from aiwatch.judge.upkeep import MB
from aiwatch.store import reader
from tests.newsroom import Newsroom
from tests.service.days import Days

STORIES = {
    "harbour": ("Harbour crane falls into the basin", "A crane of forty metres fell into the harbour basin of Ostend at dawn.\nNobody was hurt, as the crew had gone for tea, the master of the port said.\nDivers look at the wreck on Monday; two ferries go from Zeebrugge instead."),
    "museum": ("Museum finds a Vermeer under a still life", "Restorers in Delft found a portrait by Vermeer under a still life with lemons.\nX-rays showed a woman with a pearl comb, the museum of the town announced.\nThe picture had hung in a corridor since 1911 and was insured for 900 euros."),
    "railway": ("Night train to Lisbon comes back after nine years", "The night train from Irun to Lisbon runs again from December, the railway said.\nTwelve sleeping cars were bought second hand from Austria and painted green.\nA ticket with a bed costs 79 euros; bicycles are carried on weekdays."),
    "glacier": ("Glacier gives back a rucksack of 1978", "A glacier in Valais has given back the rucksack of a climber lost in 1978.\nIn it lay a camera whose film could be developed, the police at Sion reported.\nIts eleven pictures show the ridge in sunshine and a man with a red cap."),
    "orchard": ("Late frost takes half of the cherry orchard", "Frost of minus six degrees took half of the cherries around Witzenhausen.\nThe orchard keepers had burned candles for three nights, in vain.\nPrices will double by June, the growers' union reckons, and jam be rarer."),
    "theatre": ("Theatre plays Hamlet to an audience of owls", "A theatre in Tartu played Hamlet in a barn to eleven owls and a critic.\nThe owls left in the third act, which the director called fair.\nA second evening is planned for bats, weather permitting, in September."),
    "bridge": ("Bridge of rope closes for the first time since 1820", "The rope bridge at Carrick is shut: a strand broke under a school class.\nEngineers want to test every knot, which takes until autumn.\nThe village council offers boats, and free soup to those who wait."),
    "lottery": ("Lottery number drawn twice in a week", "The same six numbers came up twice in the Bulgarian lottery within a week.\nEighteen people had bet on them again and share 137,574 leva.\nA commission found nothing wrong but the odds, its chairwoman told radio."),
    "lighthouse": ("Lighthouse keeper wanted, cats welcome", "The island of Bornholm looks for a keeper of its lighthouse, with a cat at best.\nThe mice have eaten the log books of the war, the parish priest wrote.\nPay is modest; the view, he adds, reaches to Rügen on clear nights."),
}  # fmt: skip
WORDS = "harbour OR museum OR railway OR glacier OR orchard OR theatre OR bridge OR lottery OR lighthouse"
HOSTS = ("one.example", "two.example", "three.example")


class Beat:
    """A newsroom with three sources, and who reads it."""

    def __init__(self, room: Newsroom) -> None:
        self.room = room
        self.heard = 0
        self.items: dict[str, list[str]] = {host: [] for host in HOSTS}
        self.configure()
        for host in HOSTS:
            self.publish(host)

    def configure(self, **parts: object) -> None:
        at_once = {"when": "at once", "settle": None, "at_most": None}
        self.room.site.add("/hc", b"OK")
        self.room.site.add("/hc/fail", b"OK")
        self.room.configure(
            **{
                "sources": [
                    {
                        "name": host.partition(".")[0],
                        "url": f"http://{host}:{self.room.site.port}/{host}",
                        "every": "2h",
                    }
                    for host in HOSTS
                ],
                "topics": {"all": {"any": [WORDS]}},
                "recheck": "never",
                "heartbeat": self.room.site.url("/hc"),
                "alerts": [
                    {"name": "now", "to": ["inbox"], **at_once},
                    {
                        "name": "morning",
                        "to": ["hook"],
                        "when": "daily at 08:00",
                        "timezone": "Europe/London",
                        "empty": "say",
                    },
                    {"name": "care", "about": "troubles", "to": ["hook"], **at_once},
                ],
                **parts,
            }
        )

    def publish(self, host: str, *names: str) -> None:
        for name in names:
            title, text = STORIES[name]
            self.room.page(f"/{name}", title, text, site=host)
            self.items[host].append(self.room.item(f"/{name}", title, None))
        self.room.feed(f"/{host}", *self.items[host], title=host)

    def mails_of(self, name: str) -> int:
        """In how many mails this story was told."""
        title = STORIES[name][0]
        return sum(title in " ".join(mail.body("plain").split()) for mail in self.room.inbox.mails)

    def cared(self) -> list[str]:
        """What whoever cares was told, by the hook: the words of every trouble, in order."""
        found = []
        for asked in self.room.hooks:
            data = json.loads(asked.body)["data"]
            if data["alert"] == "care":
                found += [f"{one['what']}: {one['detail']}" for one in data.get("events", [])]
        return found

    def beats(self) -> list[str]:
        """How the heartbeat was called."""
        return [path for _, path, _ in self.room.site.requests if path.startswith("/hc")]

    def mornings(self) -> int:
        """How many morning digests have come."""
        return sum(
            json.loads(asked.body)["data"]["alert"] == "morning" for asked in self.room.hooks
        )


def live(days: Days, beat: Beat) -> None:
    with days.running(dies=True):
        days.run(hours=4)
        beat.publish("one.example", "harbour")
        days.run(hours=4)
        assert beat.mails_of("harbour") == 1
        assert days.told() == []
        the_machine_sleeps(days, beat)
        the_network_is_lost(days, beat)
        the_file_is_changed(days, beat)
        the_mail_server_is_down(days, beat)
        the_clock_is_set(days, beat)
        the_disk_is_full(days, beat)
    the_service_dies(days, beat)
    with days.running():
        days.run(hours=3)
        assert news(days, beat) == ["aiwatch: was not running for 4 h"]
        assert beat.mails_of("bridge") == 1
        beat.publish("one.example", "lottery")
        beat.publish("three.example", "lighthouse")
        days.run(hours=12)
        all_is_well(days, beat)


def the_machine_sleeps(days: Days, beat: Beat) -> None:
    """From Friday evening until Saturday at nine: the digest of eight comes late, and once; nobody is alarmed."""
    beat.publish("two.example", "museum")
    days.sleep(hours=13)
    days.run(hours=1)
    assert beat.mails_of("museum") == 1
    assert beat.mornings() == 1
    assert news(days, beat) == []


def the_network_is_lost(days: Days, beat: Beat) -> None:
    """One line, and not one for each source; what came meanwhile is told when it can be reached."""
    days.run(hours=1)
    days.lose_network()
    beat.publish("three.example", "railway")
    days.run(hours=3)
    assert news(days, beat) == ["the network: no source can be reached since 2026-03-28 13:00"]
    assert days.unwell()
    assert days.service is not None
    assert days.service.offline
    days.online = True
    days.run(hours=3)
    assert news(days, beat) == ["the network: can be reached again"]
    assert beat.mails_of("railway") == 1
    with reader(beat.room.database) as db:
        assert db.execute("SELECT COUNT(*) FROM polls WHERE outcome = 'failed'").fetchone()[0] == 0


def the_file_is_changed(days: Days, beat: Beat) -> None:
    """First to something that is refused, then to something good."""
    beat.configure(topics={"all": {"any": ["harbour AND ("]}})
    days.run(hours=1)
    assert news(days, beat) == ["configuration: feeds.yaml has changed and is refused"]
    beat.configure(contact="you@example.org")
    days.run(hours=1)
    assert news(days, beat) == ["configuration: feeds.yaml has changed and is in force"]


def the_mail_server_is_down(days: Days, beat: Beat) -> None:
    """After two hours the hook says that the inbox takes nothing; then what waited comes, once."""
    beat.room.inbox.answers["MAIL"] = "451 try later"
    beat.publish("one.example", "glacier")
    days.run(hours=5)
    assert beat.mails_of("glacier") == 0
    assert news(days, beat) == ["channel inbox: has taken no message for 2 h"]
    beat.room.inbox.answers.clear()
    days.run(hours=6)
    assert beat.mails_of("glacier") == 1
    assert news(days, beat) == ["channels: nothing waits any more that could not be delivered"]


def the_clock_is_set(days: Days, beat: Beat) -> None:
    """Three hours ahead, and two hours later back: sources are asked in their turn all the same."""
    days.clock.set(hours=3)
    days.run(hours=2)
    days.clock.set(hours=-3)
    beat.publish("two.example", "orchard")
    days.run(hours=3)
    assert beat.mails_of("orchard") == 1
    assert news(days, beat) == [
        "the clock: went forward by 3 h at once",
        "the clock: went back by 3 h",
    ]


def the_disk_is_full(days: Days, beat: Beat) -> None:
    """Told when it is nearly full; while it is, nothing is lost and nothing ends; told again when there is room."""
    days.free = 100 * MB
    days.run(hours=1.5)
    assert news(days, beat) == ["the disk: is nearly full"]
    beat.publish("three.example", "theatre")
    days.limit_pages(full=True)
    days.run(hours=3)
    assert beat.mails_of("theatre") == 0
    assert days.service is not None
    assert not days.service.stop.is_set()
    assert beat.beats()[-1] == "/hc/fail"
    days.limit_pages(full=False)
    days.free = 9000 * MB
    days.run(hours=1.5)
    assert news(days, beat) == ["the disk: was full", "the disk: has room again"]
    assert beat.mails_of("theatre") == 1


def the_service_dies(days: Days, beat: Beat) -> None:
    """As after kill -9, and nobody starts it for four hours."""
    beat.publish("two.example", "bridge")
    days.clock.run(timedelta(hours=4))
    assert "no sign of life" in days.unwell()[0]


def all_is_well(days: Days, beat: Beat) -> None:
    """On Monday at noon."""
    assert days.clock().isoformat() == "2026-03-30T12:00:00+00:00"
    assert {name: beat.mails_of(name) for name in STORIES} == dict.fromkeys(STORIES, 1)
    assert beat.mornings() == 3
    assert beat.cared() == days.told()
    assert days.unwell() == ()
    assert beat.beats()[-1] == "/hc"
    with reader(beat.room.database) as db:
        rows = db.execute("SELECT DISTINCT state FROM outbox").fetchall()
        assert [row[0] for row in rows] == ["sent"]


def news(days: Days, beat: Beat) -> list[str]:
    """What whoever cares has heard since this was asked last: all that was noted, by now, cut to what is known here."""
    heard = beat.cared()
    assert heard == days.told()
    fresh, beat.heard = heard[beat.heard :], len(heard)
    return [next((known for known in KNOWN if one.startswith(known)), one) for one in fresh]


KNOWN = (
    "aiwatch: was not running for 4 h",
    "the network: no source can be reached since 2026-03-28 13:00",
    "the network: can be reached again",
    "configuration: feeds.yaml has changed and is refused",
    "configuration: feeds.yaml has changed and is in force",
    "channel inbox: has taken no message for 2 h",
    "channels: nothing waits any more that could not be delivered",
    "the clock: went forward by 3 h at once",
    "the clock: went back by 3 h",
    "the disk: is nearly full",
    "the disk: was full",
    "the disk: has room again",
)


@pytest.mark.slow
@pytest.mark.untraced
def test_three_days_are_lived_through(tmp_path: Path) -> None:
    with Newsroom(tmp_path) as room:
        beat = Beat(room)
        days = Days(room)
        try:
            live(days, beat)
        finally:
            days.close()
