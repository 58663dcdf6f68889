# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""The names in docs/api: a module cannot read those files, and a transcript shows only names that nobody chose.

``tests/contract/test_transcript.py`` compares this with the files.
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
