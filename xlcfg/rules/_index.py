"""Written by `python -m xlcfg.rules.build`."""

# code: (module of its page, name, summary)
CODES = {
    'RS001': ('xlcfg.rules.runstate.rs001_bad_runstate_translation', 'bad-runstate-translation', 'runstate_translation names no policy'),
    'RS002': ('xlcfg.rules.runstate.rs002_runstate_option_unreleased', 'runstate-option-unreleased', 'no released Xen implements the runstate options'),
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
