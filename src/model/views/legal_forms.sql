/*---
description = "Legal forms at the end of company names, which tell no two companies apart"
[columns]
form = "The form as a normalised name ends: lower case, without accents, a blank for every dot"
---*/
SELECT form
FROM (VALUES
  ('inc'), ('incorporated'), ('corp'), ('corporation'), ('co'), ('company'), ('llc'), ('l l c'), ('llp'), ('lp'), ('ltd'), ('limited'),
  ('plc'), ('p l c'), ('pty'), ('pty ltd'), ('proprietary limited'), ('cc'), ('gmbh'), ('g m b h'), ('mbh'), ('ag'), ('kg'), ('ohg'),
  ('gbr'), ('ug'), ('ev'), ('e v'), ('se'), ('co kg'), ('sro'), ('s r o'), ('spol s r o'), ('a s'), ('as'), ('v o s'), ('vos'),
  ('k s'), ('z s'), ('o p s'), ('bv'), ('b v'), ('nv'), ('n v'), ('vof'), ('sa'), ('s a'), ('sas'), ('s a s'), ('sarl'), ('s a r l'),
  ('srl'), ('s r l'), ('spa'), ('s p a'), ('sl'), ('s l'), ('slu'), ('lda'), ('ltda'), ('eireli'), ('ab'), ('oy'), ('oyj'), ('aps'), ('a s b l'),
  ('asa'), ('sp z o o'), ('spolka z o o'), ('sp j'), ('kft'), ('zrt'), ('nyrt'), ('d o o'), ('doo'), ('d d'), ('ood'), ('eood'), ('kk'), ('k k'), ('pte'), ('pte ltd'), ('sdn bhd')
) AS forms(form)
