# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""The names in docs/api, and the words of which programmers make others: a transcript shows no other names.

A module cannot read docs/api; ``tests/contract/test_transcript.py`` compares the first two lists with it.
"""

from __future__ import annotations

_FIELDS = """
CreateDate DateCreate Description Email Enabled HomeScreen ID IsPWAless LastLogin LastModified LoginUrl
LonglinkInstant LonglinkManaged NIP Name PIN PanelColor Phone PushWidgetDescription QRCodeUrl
SaveWidgetDescription ServerName ShortCodeUrl SplashColor TenantName Tester ThumbImageUrl Timezone Title
UserLogin UserPassword WebSiteUrl WidgetDescription access_token address affected andor appButtonInstall
appInstall appInstall1day appInstall7days applicationId applications appsMu appsPwaLess appsTotal attributes
authentication avatar bcLastLogin billing_data birth_day client company_id country created current_page data
defaultPassword description email eventsTotal expires_in extId favorites field first_name hash icon id
isPWAless is_blocked is_mango_verified is_owner keys last_name last_page launchApp1day launchApp30days
launchApp7days launchAppTotal login mango_pay_id marketplaces message meta name objects30days objects7days
objectsTotal operation page pageSize panelColor password phone postcode privateKey publicKey
pushWidgetDescription query refresh_token saveWidgetDescription server splashColor status tenant tenantCreated
tenentCreated text time title trafficTotal type url user uuid value webSiteUrl widgetDescription
"""
_SEGMENTS = """
add api applications auth block client forgot-password icon192x192.png iconapp imagehex login login-email
member object objects partners push qr qr.png refresh register remove tenants v8
"""
FIELDS, SEGMENTS = frozenset(_FIELDS.split()), frozenset(_SEGMENTS.split())
#: Words of which programmers make the names of fields. No first name and no company's is among them.
_WORDS = """
about abuse accept accepted access account accounts action actions activated active activity actual add added
additional address addresses admin after age agent agreement alert alias all allow allowed amount and android answer
any api app application applications apps archived area arg args array asset assets assigned async at attempt attempts
attribute attributes auth author authorization auto available average background backup balance bank banner base batch
before begin begins beta billed billing blocked blocks body bool boolean bottom browser bucket budget build builder
builds bundle business button buttons by cache cached calendar call callback campaign can cancel canceled cancelled
capacity card cart catalog categories category certificate change changed channel channels char charge check checked
child children choice city class click clicks client clients clock cloud cluster code codes color colors colour column
columns comment comments commission common compact company complete completed config configuration confirm confirmed
connected connection consent contact contacts contain content context contract conversion copy cost count counter
counters country created creation creator credentials credit csrf css currency current cursor custom customer
customers daily dark dashboard data database date dates datetime day days deactivated debug default delay delete
deleted delivered delivery department deprecated depth desc description detail details device devices dialog digest
dimension direction directory disabled disconnect discount disk display document documents domain domains done
download downloads draft due duplicate duration edit edited editor elapsed element elements email emails embed empty
enabled encoded encoding encrypted end ended endpoint ends entity entries entry environment error errors event events
exception exists expired expires expiring expiry export ext extension external extra failed failure fallback false
favicon favorites feature features fee feed field fields file files filter filters fingerprint finished first flag
flags folder footer for form format forwarded found frame free frequency from full function gateway gender geo get
global granted graph group groups guest guid has hash hashed head header headers height help hidden hint history hit
hits home hook host hosting hostname hour hourly hours html http https icon icons id identifier ids image images
import imported in inactive inbox include included index info initial inline input install installed installs instance
instances int integer interface internal interval invalid inventory invitation invite invited invoice invoices ios ip
ipv is iso issue item items job jobs js json key keys keyword kind label labels landing lang language languages last
latest latitude launch launches layout lead legacy length level levels licence license lifetime limit limits line
lines link linked links list listed lists load local locale location lock locked log logged logging login logins logo
logout logs long longitude mail mailing main managed manager mandatory manifest map mapping markup master match
maximum media medium member members membership memory menu merged message messages meta metadata method metrics min
minimum minute minutes missing mobile mode model modified module modules money month monthly months more moved name
names namespace native net network new news next no node none not note notes notice notification notifications null
number object objects of off offer offline offset old on online only opened operation operator option options or order
orders org organisation organization origin original os other out output owned owner owners package page pages
pagination paid panel parameter parameters params parent part partial partner partners parts password path paths
pattern payload payment payments pending per percent period permission permissions personal phone photo picture pin
plan plans platform plugin plugins policy pool pop popup port position post postal pre preferences preferred prefix
prefixes premium preview previous price prices primary priority privacy private processed processing product products
profile profiles progress project projects promo properties property protected protocol provider proxy public
published purchase push pushes pwa quantity query queue quota random rank rate rating raw read reason received record
records redirect reference referral referrer refresh refund region registered registration related release remaining
remote removed renewal renewed replied reply report reports request requested requests required reserved reset
resource resources response restricted result results retry return revenue review revision revoked role roles root
route routes row rows rule rules running runtime sale sales sandbox save saved scheduled schema scheme scope scopes
score screen screenshot script search seat seats second seconds secret section secure security seen segment select
selected self seller send sender sent seq sequence serial server servers service services session sessions set setting
settings setup shared ship shipping shop short show sign signature signed since site sites size slot slug social
software sort sorted sorting source space spam splash stage standard start started starts state states static
statistics stats status step steps stock stopped storage store stored stores strategy street string style sub
subdomain subject submitted subscribed subscriber subscribers subscription success suffix suggested sum summary
support surname suspended sync synced system tab table tables tag tags tax team template templates tenant tenants
terms test tested text theme thread threshold thumb thumbnail ticket tier time timeout timeouts times timestamp
timezone title to today token tokens top topic total totals trace tracking traffic transaction trial trigger true try
type types ui unique unit units unread until unverified update updated updater updates upgrade upload uploaded url
urls usage use used user username users utc uuid valid validated validation value values vat vendor verification
verified verifies verify version versions via video view views visible visit visitor visitors visits volume warning
warnings web webhook webhooks website week weekly weeks welcome when whitelist widget widgets width window with work
workspace year yearly years yes yesterday zip zone
"""
WORDS = frozenset(_WORDS.split())
