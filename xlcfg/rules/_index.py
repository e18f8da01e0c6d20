"""Written by `python -m xlcfg.rules.build`."""

# code: (module of its page, name, summary)
CODES = {
    'RS001': ('xlcfg.rules.runstate.rs001_bad_runstate_translation', 'bad-runstate-translation', 'runstate_translation names no policy'),
    'RS002': ('xlcfg.rules.runstate.rs002_runstate_option_unreleased', 'runstate-option-unreleased', 'no released Xen implements the runstate options'),
    'XL001': ('xlcfg.rules.syntax.xl001_syntax', 'syntax', 'xl cannot read this, for a reason no other rule names'),
    'XL002': ('xlcfg.rules.syntax.xl002_line_ends', 'line-ends', 'lines end in CR LF, or in CR alone'),
    'XL003': ('xlcfg.rules.syntax.xl003_byte_order_mark', 'byte-order-mark', 'the file begins with a byte order mark, or is UTF-16'),
    'XL004': ('xlcfg.rules.syntax.xl004_typographic_quotes', 'typographic-quotes', 'quotes of a word processor instead of " or \''),
    'XL005': ('xlcfg.rules.syntax.xl005_unquoted_text', 'unquoted-text', 'text without quotes, or True, False, yes, no'),
    'XL006': ('xlcfg.rules.syntax.xl006_unclosed_bracket', 'unclosed-bracket', 'a list is never closed'),
    'XL007': ('xlcfg.rules.syntax.xl007_unclosed_string', 'unclosed-string', 'a string lacks one of its quotes'),
    'XL008': ('xlcfg.rules.syntax.xl008_comment_at_end', 'comment-at-end', 'the last line is a comment without a newline'),
    'XL009': ('xlcfg.rules.syntax.xl009_python_code', 'python-code', 'Python code, which xl does not run'),
    'XL010': ('xlcfg.rules.syntax.xl010_line_continuation', 'line-continuation', 'a value goes on in the next line'),
    'XL011': ('xlcfg.rules.syntax.xl011_illegal_name', 'illegal-name', 'the name of a setting has characters xl does not allow'),
    'XL012': ('xlcfg.rules.syntax.xl012_bad_number', 'bad-number', 'a number in a form xl cannot read'),
    'XL013': ('xlcfg.rules.syntax.xl013_placeholder', 'placeholder', 'a placeholder was never filled in'),
    'XL014': ('xlcfg.rules.syntax.xl014_bad_escape', 'bad-escape', 'a backslash sequence that xl refuses'),
    'XL015': ('xlcfg.rules.syntax.xl015_nul_byte', 'nul-byte', 'a NUL byte in the file'),
    'XL016': ('xlcfg.rules.syntax.xl016_list_comma', 'list-comma', 'a comma is missing, or there is one too many'),
    'XL017': ('xlcfg.rules.syntax.xl017_missing_value', 'missing-value', 'a setting without `=` or without a value'),
    'XL018': ('xlcfg.rules.syntax.xl018_stray_bracket', 'stray-bracket', 'a closing bracket that closes nothing'),
    'XL019': ('xlcfg.rules.syntax.xl019_nested_too_deep', 'nested-too-deep', 'lists nested deeper than xl can read'),
    'XL020': ('xlcfg.rules.syntax.xl020_mixed_append', 'mixed-append', '+= joins a list and a single value'),
    'XL021': ('xlcfg.rules.syntax.xl021_binary_file', 'binary-file', 'a binary file instead of a config'),
    'XL022': ('xlcfg.rules.syntax.xl022_tuple_or_dictionary', 'tuple-or-dictionary', 'round brackets, braces or several values without brackets'),
    'XL023': ('xlcfg.rules.syntax.xl023_quote_in_string', 'quote-in-string', 'a quote inside a string ends it too early'),
    'XL024': ('xlcfg.rules.syntax.xl024_two_settings_on_a_line', 'two-settings-on-a-line', 'a second setting begins on the same line'),
    'XL101': ('xlcfg.rules.keys.xl101_unknown_key', 'unknown-key', 'xl does not know the name of a setting and ignores it'),
    'XL102': ('xlcfg.rules.keys.xl102_key_of_other_release', 'key-of-other-release', 'xl of the chosen release does not read a setting that other releases do'),
    'XL103': ('xlcfg.rules.keys.xl103_key_of_other_architecture', 'key-of-other-architecture', 'a setting has no effect on the chosen architecture'),
    'XL104': ('xlcfg.rules.keys.xl104_key_of_other_guest_type', 'key-of-other-guest-type', 'a setting has no effect for this type of guest'),
    'XL105': ('xlcfg.rules.keys.xl105_overwritten_setting', 'overwritten-setting', 'a later setting of the same name wins'),
    'XL106': ('xlcfg.rules.keys.xl106_append_before_4_13', 'append-before-4-13', 'the chosen release does not know +='),
    'XL107': ('xlcfg.rules.keys.xl107_nested_list_before_4_6', 'nested-list-before-4-6', 'the chosen release takes no list within a list'),
    'XL206': ('xlcfg.rules.xl.xl206_not_a_number', 'not-a-number', 'xl cannot read a value as a number and ignores the setting'),
}

# kind of outcome (xlcfg.model.xl.kinds): code
KINDS = {
    'number.not-a-number': 'XL206',
    'number.out-of-range': 'XL206',
    'number.plus': 'XL206',
    'number.silently-ignored': 'XL206',
}
