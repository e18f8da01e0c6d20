#!/bin/sh
name="web"
memory="1024"
vcpus=2
xl create $name
echo "$memory"
