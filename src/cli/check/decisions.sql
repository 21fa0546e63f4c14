SELECT source, option, value, reason FROM decisions ORDER BY source, option
