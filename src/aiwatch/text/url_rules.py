"""What may be taken off an address, who wraps addresses, and which addresses are one page: each with its reason.

A name stands in the general list only when it is distinctive: it never chooses content on any site we know of. Words that
some sites use for content (ref, source, from, id, cid, sid, print, page …) are dropped on named hosts only. In doubt a
parameter stays: the text comparison repairs a missed merge at once, a false merge loses a story.
"""

import re
from collections.abc import Iterable

from aiwatch.text.late import late


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# reason -> names, in lower case, compared without regard to case
_TRACKING = {
    "Google ads and analytics": "gclid gclsrc gbraid wbraid dclid gad_source gad_campaignid srsltid _ga _gl _gac"
    " ga_source ga_medium ga_term ga_content ga_campaign ga_place",
    "Facebook and Instagram": "fbclid fb_action_ids fb_action_types fb_source fb_ref fbc_id action_object_map"
    " action_type_map action_ref_map igshid igsh ig_rid ig_mid mibextid __cft__ __tn__ __xts__",
    "Microsoft ads": "msclkid",
    "X": "twclid __twitter_impression twitter_impression ref_src",
    "TikTok": "ttclid tt_medium tt_content",
    "LinkedIn": "li_fat_id lipi midtoken midsig",
    "Reddit, Snapchat, Pinterest, Quora ads": "rdt_cid sccid epik qclid",
    "Yandex": "yclid ysclid ymclid _openstat",
    "Mail.ru and VK": "rb_clickid vkclid",
    "Mailchimp": "mc_cid mc_eid mc_tc",
    "MailerLite": "ml_subscriber ml_subscriber_hash",
    "Marketo": "mkt_tok",
    "HubSpot": "_hsenc _hsmi __hstc __hssc __hsfp hsctatracking",
    "Klaviyo, Kit, Drip": "_ke _kx ck_subscriber_id __s __sta",
    "Eloqua": "elqtrackid elqtrack elqaid elqat elqcampaignid elqak",
    "dotdigital, Omeda, Listrak, Bronto, Sailthru, Beehiiv": "dm_i oly_anon_id oly_enc_id trk_contact trk_msg trk_module"
    " trk_sid bta_tid bta_c sailthru_id _bhlid",
    "Matomo": "pk_campaign pk_kwd pk_keyword pk_source pk_medium pk_content pk_cid pk_vid piwik_campaign piwik_kwd"
    " piwik_keyword matomo_campaign matomo_kwd matomo_keyword matomo_source matomo_medium matomo_content matomo_cid",
    "AT Internet and Piano, common on European feeds": "xtor xtref xtnp at_medium at_campaign at_custom1 at_custom2"
    " at_custom3 at_custom4 at_link_type at_link_id at_link_origin at_format at_ptr_name at_bbc_team at_campaign_type"
    " at_creation at_emailtype at_recipient_id at_recipient_list at_send_date at_channel at_variant at_type",
    "Webtrekk, Mapp, Webtrends": "wt_mc wt_zmc wtmc wt_mc_id wt_mc_ev wt.mc_id wt.mc_ev wt.tsrc wt.dcsvid wtrid wt_cc1"
    " wt.z_mc wt.zmc wt.ec_id",
    "Adobe Analytics and Advertising": "s_cid s_kwcid ef_id adobe_mc adobe_mc_ref adobe_mc_sdid cmpid cmp_id ncid icid"
    " intcid intcmp intcmpid sc_cid s_ev21",
    "campaign names of one vendor's links inside a site": "itm_source itm_medium itm_campaign itm_content itm_term"
    " int_source int_medium int_campaign int_content int_term",
    "comScore": "ns_mchannel ns_source ns_campaign ns_linkname ns_fee",
    "Vero": "vero_id vero_conv",
    "Yahoo's consent page": "guccounter guce_referrer guce_referrer_sig",
    "Yahoo's and AOL's social links": "soc_src soc_trk",
    "Alibaba family": "spm scm",
    "Outbrain and Taboola": "dicbo oborigurl outbrainclickid tblci taboolaclickid",
    "affiliate networks' click ids": "irclickid irgwc cjevent cjdata awc tduid sscid zanpid ranmid raneaid ransiteid",
    "Instapage, Kenshoo, Marin, Wicked, Branch, AppsFlyer": "mkwid pcrid wickedid wickedsource _branch_match_id"
    " _branch_referrer af_sub_siteid",
    "Condé Nast": "mbid cndid bxid hasha hashb hashc",
    "Substack's links in mail": "isfreemail triedredirect showwelcomeonshare",
    "Wikipedia's share links": "wprov",
    "Spiegel": "sara_ref sara_ecid",
    "Nikkei": "n_cid",
    "Economist": "fsrc",
    "FT": "ftcamp",
    "Cxense": "cx_artpos cx_testid cx_testvariant cx_click cx_clicks_last_el",
    "Google's AMP viewer": "usqp amp_js_v amp_gsa amp_lite amp_r",
    "WordPress's reply links and its clock": "replytocom doing_wp_cron",
    "Hootsuite": "hootpostid",
    "session ids": "phpsessid jsessionid aspsessionid oscsid zenid cftoken",
}
TRACKING = frozenset(name for names in _TRACKING.values() for name in names.split())

# prefix -> reason: families whose every member is tracking
TRACKING_PREFIXES = {
    "utm_": "Urchin's family, which everyone copies and extends",
    "hsa_": "HubSpot ads",
    "mtm_": "Matomo",
    "vero_": "Vero",
    "sfmc_": "Salesforce Marketing Cloud",
    "__cf_chl": "Cloudflare's challenge page",
    "gaa_": "Google's reader revenue links",
    "aspsessionid": "ASP puts a random tail on the name",
}

# Names that are tracking with these values only.
TRACKING_VALUES = {
    "source": late(r"rss-[\w-]*-\w+", re.ASCII),  # Medium's feeds, also under authors' own domains
    "amp": late(r"(?:1|true|yes|y|amp)?", re.IGNORECASE),
    "_amp": late(r"(?:1|true|yes|y)?", re.IGNORECASE),
    "isamp": late(r"(?:1|true)", re.IGNORECASE),
    "outputtype": late(r"(?:valid_)?amp(?:-type)?", re.IGNORECASE),  # Arc
    "view": late(r"amp", re.IGNORECASE),
    "format": late(r"amp", re.IGNORECASE),
}

# (hosts, names, reason): the host itself and everything under it
_SITES = (
    ("theverge.com polygon.com vox.com sbnation.com", "ref", "Vox Media's feeds"),
    ("nytimes.com", "smid smtyp smvar partner emc nl te campaign_id instance_id segment_id user_id regi_id rref ref"
     " referringsource pgtype searchresultposition algo block fellback imp_id action module region contentcollection"
     " unlocked_article_code share src", "share, mail and home page ids"),
    ("washingtonpost.com", "itid wpisrc wpmm wpmk tid hpid pwapi_token nid nk_date arc404 no_nav", "share and mail ids"),
    ("bbc.com bbc.co.uk", "ocid pinned_post_locator pinned_post_asset_id pinned_post_type intlink_from_url link_location"
     " facebook_page src_origin xtor at_bbc_team ref", "social links"),
    ("reuters.com", "taid feedtype feedname rpc", "social and feed ids"),
    ("apnews.com", "taid", "social ids"),
    ("bloomberg.com", "srnd sref leadsource embedded-checkout", "where the link stood"),
    ("wsj.com barrons.com marketwatch.com", "mod reflink siteid st sharetoken shareToken tesla", "where the link stood"),
    ("ft.com", "segmentid sharetype", "where the link stood"),
    ("forbes.com", "sh ss ctpv streamindex", "share ids"),
    ("cnbc.com", "__source par", "where the link stood"),
    ("cnn.com edition.cnn.com", "iid hpt", "where the link stood"),
    ("theguardian.com", "cmp cmp_tu cmp_buni acquisitiondata reader-revenue-test", "share ids"),
    ("dailymail.co.uk dailymail.com thisismoney.co.uk", "ito ico", "share ids"),
    ("businessinsider.com insider.com", "ir r", "edition redirects"),
    ("techcrunch.com engadget.com", "tpcc ncid sr_share", "share ids"),
    ("yahoo.com", "src .src .tsrc tsrc bcmt yptr fr", "where the link stood"),
    ("yahoo.co.jp", "source", "its feeds say source=rss"),
    ("msn.com microsoft.com", "ocid cvid ei pc li wt.mc_id", "where the link stood"),
    ("usatoday.com", "gnt-cfr gca-cat gca-uir gca-epti gca-ft gca-ds csp", "where the link stood"),
    ("latimes.com", "track", "its feeds say track=rss"),
    ("medium.com", "source sk gi", "where the link stood; a friend's link is the same text"),
    ("substack.com", "r s publication_id post_id token", "who shared it"),
    ("linkedin.com", "trk trkinfo trackingid lipi rcm originalsubdomain refid", "where the link stood"),
    ("x.com twitter.com", "s t cn cxt ref_url refsrc", "share ids"),
    ("facebook.com", "ref refsrc hc_ref _rdr _rdc rdid share_url fref acontext", "where the link stood"),
    ("instagram.com", "img_index", "which picture of a post"),
    ("threads.net threads.com", "xmt slof", "share ids"),
    ("reddit.com", "share_id rdt ref ref_source correlation_id context", "share ids"),
    ("tiktok.com", "is_from_webapp sender_device _r _t is_copy_url web_id sender_web_id share_app_id", "share ids"),
    ("youtube.com", "si feature pp ab_channel app t", "share ids; where in the video"),
    ("news.google.com", "oc hl gl ceid", "the edition an article was listed in"),
    ("lemonde.fr", "lmd_medium lmd_campaign lmd_creation lmd_source", "own campaign names"),
    ("nzz.ch", "mktcid mktcval", "own campaign names"),
    ("faz.net", "gepc", "own campaign names"),
    ("elpais.com", "ssm prm", "own campaign names"),
    ("asahi.com", "iref ref", "where the link stood"),
    ("rbc.ru kommersant.ru forbes.ru vedomosti.ru", "from", "where the link stood"),
    ("n.news.naver.com", "sid", "the section an article was listed in"),
    ("news.naver.com", "sid1 sid2 mid mode", "the section an article was listed in"),
    ("bilibili.com", "spm_id_from vd_source share_source share_medium share_plat share_session_id share_tag timestamp"
     " unique_k bbid ts from_source from_spmid msource seid buvid is_story_h5 plat_id from", "share ids"),
    ("mp.weixin.qq.com", "chksm scene srcid subscene sharer_shareinfo sharer_shareinfo_first sharer_sharetime"
     " sharer_shareid key ascene devicetype version nettype exportkey pass_ticket wx_header clicktime enterid sessionid"
     " from isappinstalled poc_token", "who opened it where; __biz, mid, idx and sn choose the text"),
    ("sohu.com 163.com qq.com", "_f _trans_ spss f", "where the link stood"),
    ("aws.amazon.com", "trk sc_channel sc_campaign sc_medium sc_publisher sc_geo sc_content sc_outcome sc_country"
     " sc_icampaign sc_detail", "own campaign names"),
    ("blogspot.com", "m spref", "the layout for phones; who shared it"),
    ("zhihu.com", "share_code utm_psn", "share ids"),
    ("amazon.com amazon.co.uk amazon.de amazon.co.jp amazon.fr", "ref ref_ crid sprefix dib dib_tag qid linkcode tag"
     " ascsubtag pd_rd_i pd_rd_r pd_rd_w pd_rd_wg pf_rd_p pf_rd_r", "where the link stood"),
)  # fmt: skip
SITE_NAMES: dict[str, frozenset[str]] = {
    site: frozenset(names.casefold().split())
    for sites, names, _ in _SITES
    for site in sites.split()
}

# (host, path, the parameter that holds the real address): link guards, search results, share trackers, deep links
REDIRECTORS = tuple(
    (late(hosts), late(path), names.split())
    for hosts, path, names in (
        (r"(?:www\.|plus\.url\.|news\.)?google\.[a-z.]{2,6}", r"/(?:url|news/url|aclk|imgres)$", "url q adurl imgrefurl"),
        (r"(?:l|lm|m)\.(?:facebook|instagram|messenger|threads|workplace)\.(?:com|net)", r"/(?:l\.php)?$", "u"),
        (r"(?:www\.)?(?:facebook|instagram)\.com", r"/(?:l\.php|flx/warn/?)$", "u"),
        (r"l\.wl\.co", r"/l$", "u"),
        (r"out\.reddit\.com", r"/", "url"),
        (r"t\.umblr\.com|(?:www\.)?tumblr\.com", r"/redirect$", "z"),
        (r"(?:www\.|m\.)?youtube\.com", r"/(?:redirect|attribution_link)$", "q u"),
        (r"(?:www\.)?linkedin\.com", r"/(?:redir/redirect/?|safety/go/?)$", "url"),
        (r"(?:www\.)?bing\.com", r"/(?:news/apiclick\.aspx|ck/a|alink/link)$", "url u"),
        (r"(?:html\.)?duckduckgo\.com", r"/l/?$", "uddg"),
        (r"(?:www\.|m\.)?vk\.(?:com|ru)", r"/away(?:\.php)?$", "to"),
        (r"steamcommunity\.com", r"/linkfilter/?$", "url u"),
        (r"slack-redir\.net", r"/link$", "url"),
        (r"(?:[\w-]+\.)?safelinks\.protection\.outlook\.com", r"/", "url"),
        (r"exit\.sc|go\.skimresources\.com|go\.redirectingat\.com", r"/$", "url"),
        (r"redirect\.viglink\.com", r"/$", "u"),
        (r"click\.linksynergy\.com", r"/(?:deeplink|fs-bin/click)$", "murl rd_parm1"),
        (r"(?:www\.)?awin1\.com", r"/(?:cread\.php|awclick\.php)$", "ued p"),
        (r"(?:www\.)?shareasale\.com", r"/r\.cfm$", "urllink"),
        (r"disq\.us", r"/(?:url)?$", "url"),
        (r"getpocket\.com|flipboard\.com", r"/redirect$", "url"),
        (r"t\.me|telegram\.me", r"/iv$", "url"),
        (r"medium\.com", r"/r/?$", "url"),
        (r"link\.(?:zhihu\.com|juejin\.cn|csdn\.net|segmentfault\.com)|gitee\.com", r"/(?:link/?)?$", "target"),
        (r"(?:www\.)?(?:douban\.com|jianshu\.com|oschina\.net)", r"/(?:link2/?|go-wild|action/GoToLink)$", "url"),
        (r"weibo\.(?:cn|com)", r"/sinaurl$", "u toasturl"),
        (r"c\.pc\.qq\.com", r"/(?:middlem|middleb|ios)\.html$", "pfurl url"),
        (r"link\.naver\.com", r"/bridge$", "url"),
        (r"(?:www\.)?googleadservices\.com", r"/pagead/aclk$", "adurl"),
        (r"(?:www\.)?yandex\.(?:ru|com|kz|by)", r"/turbo$", "text"),
        (r"(?:www\.)?curseforge\.com", r"/linkout$", "remoteurl"),
    )
)  # fmt: skip

# Whole hosts that carry another address in their path: AMP caches and viewers, mail guards, referrer removers.
CARRIERS = tuple(
    (late(pattern, re.IGNORECASE), secure)
    for pattern, secure in (
        (r"https?://[^/]+\.cdn\.ampproject\.org/[a-z]{1,3}/s/(?P<url>.+)", "https://"),
        (r"https?://[^/]+\.cdn\.ampproject\.org/[a-z]{1,3}/(?P<url>[^/]+\..+)", "http://"),
        (r"https?://(?:www\.)?google\.[a-z.]{2,6}/amp/s/(?P<url>.+)", "https://"),
        (r"https?://(?:www\.)?google\.[a-z.]{2,6}/amp/(?P<url>[^/]+\..+)", "http://"),
        (r"https?://(?:www\.)?bing\.com/amp/s/(?P<url>.+)", "https://"),
        (r"https?://[^/]*\bbing-amp\.com/[a-z]{1,3}/s/(?P<url>.+)", "https://"),
        (r"https?://amp\.cloudflare\.com/[a-z]{1,3}/s/(?P<url>.+)", "https://"),
        (r"https?://urldefense\.(?:com|us)/v3/__(?P<url>https?:/{1,2}[^*]+?)__;.*", ""),
        (r"https?://(?:href\.li|nullrefer\.com|anonym\.to|dereferer\.me|hidereferrer\.net)/\?(?P<url>https?(?::|%3a).+)", ""),
        (r"https?://r\.search\.yahoo\.com/.*/RU=(?P<url>https?%3a[^/]+)/.*", ""),
        (r"https?://outgoing\.prod\.webservices\.mozgcp\.net/v1/[0-9a-f]+/(?P<url>https?(?::|%3a).+)", ""),
    )
)  # fmt: skip


def _any(patterns: Iterable[re.Pattern[str]], flags: int = 0) -> re.Pattern[str]:
    """Whether any of them fits, at once: of most addresses none does."""
    return late("|".join(f"(?:{one.pattern.replace('?P<url>', '?:')})" for one in patterns), flags)


CARRIES = _any((pattern for pattern, _ in CARRIERS), re.IGNORECASE)

# (pattern, replacement, reason) on the whole address: other doors to the same page that open as well
REWRITES = tuple(
    (late(pattern), replacement)
    for pattern, replacement, _ in (
        (r"^https?://youtu\.be/([\w-]{11})(?:\?(.*))?$", r"https://www.youtube.com/watch?v=\1&\2", "YouTube's short host"),
        (r"^(https?://)(?:m|music)\.youtube\.com/", r"\1www.youtube.com/", "phones"),
        (r"^(https?://(?:www\.)?)youtube(?:-nocookie)?\.com/(?:shorts|embed|live|v)/([\w-]{11})/?(?:\?(.*))?$",
         r"\1youtube.com/watch?v=\2&\3", "other players"),
        (r"^(https?://[a-z-]+)\.m\.(wikipedia|wikinews|wiktionary|wikibooks|wikiquote|wikisource|wikivoyage|wikimedia)\.org/",
         r"\1.\2.org/", "phones"),
        (r"^(https?://)(?:mobile|m)\.(twitter|x)\.com/", r"\1\2.com/", "phones"),
        (r"^(https?://(?:www\.)?(?:twitter|x)\.com/\w+/status/\d+)/(?:photo|video)/\d+/?", r"\1", "a picture of the post"),
        (r"^(https?://)(?:old|new|np|m|i|amp|sh)\.reddit\.com/", r"\1www.reddit.com/", "other front ends"),
        (r"^(https?://)(?:m|mobile|touch|mbasic)\.facebook\.com/", r"\1www.facebook.com/", "phones"),
        (r"^(https?://)(?:amp)\.theguardian\.com/", r"\1www.theguardian.com/", "AMP"),
        (r"^(https?://)(?:amp|lite)\.cnn\.com/(?:cnn/)?", r"\1www.cnn.com/", "AMP and text only"),
        (r"^(https?://(?:www\.)?amazon\.[a-z.]{2,6})/(?:[^/]+/)?(?:dp|gp/product)/([A-Z0-9]{10})(?:[/?].*)?$", r"\1/dp/\2",
         "a product"),
        (r"^https?://open\.substack\.com/pub/([a-z0-9-]+)/p/", r"https://\1.substack.com/p/", "Substack's app"),
        (r"^(https?://(?:t|telegram)\.me)/s/(\w+/\d+)(?:[/?].*)?$", r"\1/\2", "Telegram's preview"),
    )
)  # fmt: skip

REWRITTEN = _any(pattern for pattern, _ in REWRITES)

# The same for comparing only: what opens differently and tells the same.
KEY_REWRITES = tuple(
    (late(pattern), replacement)
    for pattern, replacement, _ in (
        (r"^https://twitter\.com/", "https://x.com/", "renamed in 2023; old links lead to the same posts"),
        (r"^https://telegram\.me/", "https://t.me/", "two hosts of one service"),
        (r"^https://arxiv\.org/pdf/([\w./-]+?)(?:\.pdf)?$", r"https://arxiv.org/abs/\1", "a paper and its page"),
        (r"^https://n\.news\.naver\.com/mnews/article/", "https://n.news.naver.com/article/", "two layouts"),
    )
)  # fmt: skip

KEY_REWRITTEN = _any(pattern for pattern, _ in KEY_REWRITES)

MOBILE_LABELS = frozenset({"m", "mobile", "amp"})
INDEX_FILES = _words(
    "index.html index.htm index.shtml index.xhtml index.php index.asp index.aspx index.jsp index.cgi default.asp"
    " default.aspx default.htm default.html"
)
# A last segment `amp` after one of these, or on these hosts, is a name and not the AMP form of the page before it.
NOT_AMP_AFTER = _words(
    "tag tags topic topics category categories cat wiki package packages project projects search author section r label"
    " labels keyword keywords hashtag explore docs"
)
NOT_AMP_HOSTS = _words("github.com gitlab.com bitbucket.org codeberg.org huggingface.co")

# Public suffixes under a country, and hosts whose subdomains are other people's sites. No list is complete: what is
# missing here only makes two neighbours look like one site.
SECOND_LEVEL = _words(
    "co com net org gov edu ac go or ne gob gouv gov gen nom mil info biz asn id ltd plc me sch nhs police in web my"
    " mi ad ed gr lg re pe art adv blog eco eng ind jus leg tv"
)
SHARED_HOSTS = _words(
    "github.io gitlab.io readthedocs.io substack.com wordpress.com blogspot.com medium.com tumblr.com pages.dev"
    " workers.dev netlify.app vercel.app web.app firebaseapp.com herokuapp.com fly.dev onrender.com ghost.io"
    " beehiiv.com livejournal.com hatenablog.com hatenablog.jp hateblo.jp fc2.com wixsite.com weebly.com squarespace.com"
    " cloudfront.net azurewebsites.net typepad.com over-blog.com altervista.org tistory.com bearblog.dev neocities.org"
    " micro.blog notion.site webflow.io framer.website framer.app hf.space appspot.com s3.amazonaws.com"
)
# Paths that list articles and are none.
LISTING_FOLDERS = _words(
    "tag tags topic topics category categories author authors section sections search label labels archive archives"
    " page rubrik kategorie thema etiqueta tema rubrique auteur autor"
)
# What stands after an article's own address on its further forms.
ARTICLE_FORMS = late(
    r"(?:\d{1,3}|page|p\d{1,3}|amp|print|printable|comments?|all|full|single|single-page|embed)"
)
