/*---
description = "Domains of mail providers: they say nothing about which company someone works for"
[columns]
domain = "The domain, in lower case"
---*/
SELECT domain
FROM (VALUES
  ('gmail.com'), ('googlemail.com'), ('outlook.com'), ('hotmail.com'), ('hotmail.co.uk'), ('hotmail.fr'), ('live.com'), ('msn.com'),
  ('yahoo.com'), ('yahoo.co.uk'), ('yahoo.fr'), ('yahoo.de'), ('yahoo.co.jp'), ('yahoo.com.br'), ('ymail.com'), ('rocketmail.com'),
  ('icloud.com'), ('me.com'), ('mac.com'), ('aol.com'), ('mail.com'), ('email.com'), ('proton.me'), ('protonmail.com'), ('zoho.com'),
  ('gmx.com'), ('gmx.de'), ('gmx.net'), ('gmx.at'), ('gmx.ch'), ('web.de'), ('t-online.de'), ('freenet.de'), ('orange.fr'), ('free.fr'),
  ('laposte.net'), ('wanadoo.fr'), ('libero.it'), ('virgilio.it'), ('seznam.cz'), ('email.cz'), ('post.cz'), ('centrum.cz'),
  ('volny.cz'), ('atlas.cz'), ('centrum.sk'), ('azet.sk'), ('zoznam.sk'), ('wp.pl'), ('o2.pl'), ('onet.pl'), ('interia.pl'),
  ('mail.ru'), ('yandex.ru'), ('yandex.com'), ('ukr.net'), ('qq.com'), ('163.com'), ('126.com'), ('naver.com'), ('uol.com.br'),
  ('bol.com.br'), ('terra.com.br'), ('telkomsa.net'), ('mweb.co.za'), ('comcast.net'), ('verizon.net'), ('att.net'), ('btinternet.com'),
  ('bigpond.com'), ('fastmail.com'), ('hey.com'), ('tutanota.com'), ('rediffmail.com')
) AS providers(domain)
