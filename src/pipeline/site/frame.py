"""The frame of all pages of one language: menus, links at the foot, what the configuration adds."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from pipeline.config import Settings
from pipeline.config.theme import MenuItem
from pipeline.errors import ConfigError
from pipeline.site.editions import Edition
from pipeline.site.pages import Page, Plan
from pipeline.site.permalinks import Addresses, directory
from pipeline.site.views import Choice, SiteView

__all__ = ["FEEDS", "feed_path", "site_view"]

FEEDS = ("atom.xml", "rss.xml", "feed.json")
MANIFEST = "site.webmanifest"


def feed_path(edition: Edition, name: str) -> str:
    """Where one of the FEEDS of an edition is."""
    return f"{directory(edition.prefix)}{name}"


def site_view(
    settings: Settings, editions: Mapping[str, Edition], edition: Edition, plan: Plan, addresses: Addresses
) -> SiteView:
    """The frame of one language. Raises ConfigError for a menu that names no page."""

    def choice(page: Page) -> Choice:
        return Choice(page.title, addresses.href(page.path))

    def href(key: str) -> str:
        page = plan.page(edition.locale, key)
        return addresses.href(page.path) if page else ""

    pages = [page for page in plan.pages if page.locale == edition.locale and page.number == 1]
    home = plan.by_key[edition.locale, ""]
    theme = settings.theme
    return SiteView(
        title=edition.title,
        description=edition.description,
        author=settings.site.author,
        home=addresses.href(home.path),
        url=addresses.absolute(home.path),
        language=edition.language,
        og_locale=edition.og_locale,
        atom=addresses.href(feed_path(edition, "atom.xml")),
        rss=addresses.href(feed_path(edition, "rss.xml")),
        json_feed=addresses.href(feed_path(edition, "feed.json")),
        manifest=addresses.href(feed_path(edition, MANIFEST)),
        search=href("search"),
        menu=tuple(_menu(settings, edition, plan, addresses) if theme.menu else map(choice, _whole_menu(pages))),
        footer=tuple(choice(page) for page in pages if page.kind in {"archive", "taxonomy"}),
        social=tuple(Choice(name, url) for name, url in theme.social.items()),
        note=Markup(theme.footer_in(edition.locale)),  # noqa: S704 (the configuration is the site's owner's)
        head=Markup(theme.head),  # noqa: S704
        body_end=Markup(theme.body_end),  # noqa: S704
        giscus=theme.giscus,
        editions=tuple(
            Choice(other.name, addresses.href(plan.by_key[other.locale, ""].path), other.language)
            for other in editions.values()
        ),
    )


def _whole_menu(pages: list[Page]) -> list[Page]:
    sections = [page for page in pages if page.kind == "section" and "/" not in page.key]
    single = [page for page in pages if page.kind == "page"]
    return [*sections, *sorted(single, key=lambda page: (page.article.weight if page.article else 0, page.title))]


def _menu(settings: Settings, edition: Edition, plan: Plan, addresses: Addresses) -> list[Choice]:
    choices = []
    for item in settings.theme.menu:
        entry = MenuItem(page=item) if isinstance(item, str) else item
        if entry.url:
            choices.append(Choice(entry.named(edition.locale) or entry.named(settings.source), entry.url))
        elif page := plan.page(edition.locale, entry.page.strip("/")):
            choices.append(Choice(entry.named(edition.locale) or page.title, addresses.href(page.path)))
        elif not any(page.key == entry.page.strip("/") for page in plan.pages):
            raise ConfigError(
                f"[theme] menu names {entry.page!r}, and the site has no such page.",
                path=settings.root / "pipeline.toml",
                remedy="Name a page by its key, such as `about`, `posts` or `archive`.",
            )
    return choices
