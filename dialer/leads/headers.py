"""What the header of a column means: in the words of CRMs, spreadsheets and people.

A header of numbers is made of known words only, in any order: `Telefon (mobil)`, `Phone 1 - Value`,
`Mobile Phone Number`, `电话（手机）`. So `Phone type`, `Fax` and `Customer number` are none.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from dialer.leads.source import plain

_LONGEST = 60
# By kind of number: words that name a telephone of it.
_PHONES = {
    "mobile": (
        "mobile mobil mobiles cell cellular cellphone handy handynummer movil celular portable gsm "
        "natel msisdn mobilfunk mobiltelefon telemovel smartphone whatsapp сотовый мобильный "
        "手机 手機 移动电话 行動電話 携帯 移动"
    ),
    "home": "住宅电话 家庭电话 家庭電話 宅电",
    "work": "办公电话 单位电话 公司电话 公司電話 办公座机",
    "": (
        "phone telephone tel telno fon fone telefon telefono telefone telefoon telefonnummer "
        "telefonnr rufnummer festnetz fixe fijo landline phoneno телефон "
        "电话 電話 固话 座机 市话 联系方式 聯絡方式 联系号码 电话号 被叫"
    ),
}
# Words that say which kind, beside a word for a telephone.
_KINDS = {
    "home": (
        "home private privat privee prive personal personnel perso domicile casa particular hogar "
        "house haus thuis 家庭 家 住宅 宅 私人 个人"
    ),
    "work": (
        "work business office company buero buro geschaeftlich geschaftlich geschaft "
        "geschaftl gesch dienstlich "
        "dienst firma arbeit beruflich job bureau professionnel pro travail entreprise trabajo "
        "oficina empresa negocio laboral zentrale switchboard 办公 单位 公司 工作 商务 办公室"
    ),
}
# Words that change nothing.
_BESIDE = (
    "number numbers num no nr nummer numero n no de du des da do del della la el le of the value "
    "main primary principal other alt alternate alternative second secondary secundario haupt "
    "default preferred direct contact contacto customer kunden kunde client cliente lead person "
    "ansprechpartner kontakt otro autre andere weitere adicional extra car radio formatted "
    "i ii iii 号码 號碼 号 號 联系 聯絡 联络 客户 客戶 联系人 备用 其他 其它 "
    "主要 常用 本人 默认 用户 会员 家长 学员 业主 车主 主 副 必填 选填 必须 可选 required optional "
    "pflichtfeld 第 一 二 三"
)
# As a whole: alone these words do not say telephone, or say it only so.
_WHOLE = {
    "mobile": "cellnumber mobileno",
    "": "number contactnumber contactno 号码 號碼 号码1 被叫号码 呼叫号码",
}
_OTHERS = {
    "name": (
        "name fullname customername customer contact contactname contactperson leadname clientname "
        "displayname kontakt ansprechpartner kundenname kunde nomcomplet nombrecompleto "
        "姓名 名字 全名 真实姓名 客户姓名 客户名称 客户名 客户 联系人 联系人姓名 称呼 "
        "客户称呼 客戶姓名 聯絡人 用户姓名 姓名必填 客户姓名必填"
    ),
    "first": "firstname givenname forename vorname prenom nombre nombres 名",
    "last": (
        "lastname surname familyname nachname familienname nom nomdefamille apellido apellidos "
        "姓 姓氏"
    ),
    "timezone": "timezone tz zeitzone fuseauhoraire zonahoraria husohorario 时区 時區",
    "language": "language lang sprache langue idioma 语言 语种 語言",
    "extension": (
        "extension ext phoneextension phoneext telextension durchwahl nebenstelle poste anexo "
        "ramal 分机 分机号 分机号码 分機"
    ),
    "priority": "priority prioritaet prioritat priorite prioridad 优先级 优先 優先級",
}
_OPT_OUT = (
    "donotcall donotcontact dnc hasoptedout optout optedout phoneoptout optoutphone calloptout "
    "optoutcalls optoutofcalls donotphone donotallowphonecalls donottelephone nocall nocalls "
    "dontcall nophone nophonecalls callblocked callsblocked donotdisturb dnd "
    "nichtanrufen nichtmehranrufen bittenichtanrufen werbesperre werbewiderspruch telefonsperre "
    "anrufsperre kontaktsperre keineanrufe keinanruf keinewerbung keintelefon keinetelefonwerbung "
    "robinson robinsonliste sperrvermerk gesperrt "
    "nepasappeler nepluscontacter nepascontacter oppositionappel oppositiontelephonique opposition "
    "bloctel nollamar nocontactar nomolestar listarobinson exclusionpublicitaria naochamar "
    "拒绝来电 拒绝呼叫 拒绝外呼 拒绝致电 拒绝营销 拒绝推销 拒绝推广 拒绝回访 拒打 不接受来电 "
    "不接受营销 不希望来电 不愿接听 请勿联系 勿联系 不要联系 拒绝电话 拒绝联系 "
    "拒接 拒访 勿扰 免打扰 请勿打扰 请勿致电 请勿拨打 勿拨 勿打 "
    "不要致电 不要拨打 禁止拨打 禁拨 禁呼 黑名单 退订电话 謝絕來電 拒絕來電 勿擾 請勿致電 黑名單"
)
_AROUND_OPT_OUT = (
    "is has of from contact customer lead client kunde phone tel flag status yn janein "
    "是否 客户 用户 本人 已 标记"
)
_NO = (
    "0 00 000 false no n nan undefined nein non off f none null na niet nao ложь нет "
    "allow allowed allowphonecalls optin optedin erlaubt autorise permitido ok "
    "否 不 无 無 未 非 没有 未设置 不拒绝 未拒绝 未退订 可以 允许 接受 可联系 正常 假"
)


def _any_of(*words: str) -> str:
    """A pattern for one of these words, the longer first."""
    each = {bare(word) for group in words for word in group.split()}
    return "|".join(sorted(map(re.escape, each), key=len, reverse=True))


def bare(text: str) -> str:
    """For comparing: one width, one case, letters without accents and digits only."""
    parts = unicodedata.normalize("NFKD", plain(text))
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


_TELEPHONE = re.compile(_any_of(*_PHONES.values()))
_KIND_WORD = {
    kind: re.compile(_any_of(_PHONES[kind], _KINDS.get(kind, "")))
    for kind in ("mobile", "home", "work")
}
_HEADER_OF_NUMBERS = re.compile(
    rf"(?:{_any_of(*_PHONES.values(), *_KINDS.values(), _BESIDE)}|[0-9]{{1,2}})+"
)
_WHOLE_OF = {bare(word): kind for kind, words in _WHOLE.items() for word in words.split()}
_FIELD_OF = {bare(word): field for field, words in _OTHERS.items() for word in words.split()}
_NO_WORDS = {bare(word) for word in _NO.split()}
_AROUND = _any_of(_AROUND_OPT_OUT)
_OPT_OUT_HEADER = re.compile(rf"(?:{_AROUND})*(?:{_any_of(_OPT_OUT)})(?:{_AROUND})*")
_COUNTER = re.compile(r"[0-9一二三]+$")


@lru_cache(maxsize=4096)
def recognised(header: str) -> tuple[str, str]:
    """The field, and for numbers the kind, that a header names; ("custom", "") for none."""
    word = bare(header)
    if field := _FIELD_OF.get(word):
        return field, ""
    if _OPT_OUT_HEADER.fullmatch(word[:_LONGEST]):
        return "opt_out", ""
    for candidate in (word, _COUNTER.sub("", word)):
        if candidate in _WHOLE_OF:
            return "number", _WHOLE_OF[candidate]
    if is_about_numbers(header) and _TELEPHONE.search(word):
        return "number", _kind(word)
    return "custom", ""


def is_about_numbers(text: str) -> bool:
    """Whether the text is made of words that headers of numbers are made of."""
    word = bare(text)
    return len(word) <= _LONGEST and _HEADER_OF_NUMBERS.fullmatch(word) is not None


def _kind(word: str) -> str:
    return next((kind for kind, words in _KIND_WORD.items() if words.search(word)), "")


def is_opt_out(cell: str) -> bool:
    """Whether a cell of such a column says that the person must not be called.

    Whatever is not clearly a no: a date, a reason, a cross.
    """
    return bool(cell.strip(" -–—_.")) and bare(cell) not in _NO_WORDS
