# For the scripts here that need a telephone switch: a pinned Asterisk in the folder of the script.
#
# asterisk_with MODULE …   fetches it and runs it with these modules and those of `MODULES`; again: with others
# asterisk COMMAND         what a command of its console says
# Before: files of the script's own in $ETC, such as `extensions.conf`; lines for PJSIP in $ETC/more_pjsip.conf.
# Its manager is at 127.0.0.1:26038 (me, s), its SIP at 26060; there is one endpoint, `callee`, at 26062.
# Packages of Debian forky, from the mirror that this machine's apt uses (Debian or Ubuntu). Nothing is installed, and
# no root is needed.

source "$(dirname "${BASH_SOURCE[0]}")/start.bash"
ASTERISK_VERSION='1:22.10.1+dfsg+~cs6.17.60671434-1'
MODULES='res_sorcery_config res_sorcery_memory res_sorcery_astdb res_pjproject res_pjsip res_pjsip_pubsub
    res_pjsip_session res_pjsip_sdp_rtp res_pjsip_caller_id res_pjsip_endpoint_identifier_ip res_rtp_asterisk
    res_timing_timerfd chan_pjsip codec_alaw codec_ulaw bridge_simple pbx_config'
ETC=$DIR/etc TREE=$DIR/tree
mkdir -p "$ETC" "$TREE" "$DIR"/{run,log,spool,lib}
export PYTHONPATH=$HERE PYTHONDONTWRITEBYTECODE=1

asterisk_with() {
    stop
    [ -d "$TREE/usr" ] || fetch
    configure "$@"
    folders=$(find "$TREE/usr/lib/" -maxdepth 3 -name '*.so*' -printf '%h\n' | sort -u | paste -sd:)
    loader=$(find "$TREE/" -name 'ld-linux-*.so.*' -print -quit)
    (program -f >"$DIR/log/console" 2>&1) &
    ASTERISK_PID=$!
    for _ in $(seq 300); do
        asterisk 'core waitfullybooted' 2>&1 | grep -q 'fully booted' && break
        kill -0 "$ASTERISK_PID" || { cat "$DIR/log/console" && exit 1; }
        sleep 0.1
    done
    asterisk 'core show version' | cut -d' ' -f1,2
}

stop() { [ -z "${ASTERISK_PID:-}" ] || { kill "$ASTERISK_PID" && wait "$ASTERISK_PID"; } 2>/dev/null || true; }
at_end() {
    stop
    rm -rf "$DIR"
}

# The tree's own loader and libraries: an Asterisk of another release finds its own libc.
program() { exec "$loader" --library-path "$folders" "$TREE/usr/sbin/asterisk" -C "$ETC/asterisk.conf" "$@"; }
asterisk() { (program -rx "$1"); }

fetch() {
    local apt=$DIR/apt mirror options package
    mirror=$( (cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null || true) |
        sed -nE 's/^URIs: *([^ ]+).*/\1/p; s/^deb +(\[[^]]*\] +)?([^ ]+).*/\2/p' | grep -m1 '/debian/*$')
    mkdir -p "$apt"/{lists/partial,archives/partial,etc}
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror forky main" >"$apt/etc/sources.list"
    : >"$apt/status"
    options=(-o "Dir::Etc::sourcelist=$apt/etc/sources.list" -o "Dir::Etc::sourceparts=$apt/etc"
        -o "Dir::Etc::parts=$apt/etc" -o "Dir::State=$apt" -o "Dir::State::lists=$apt/lists"
        -o "Dir::State::status=$apt/status" -o "Dir::Cache=$apt" -o "Dir::Cache::archives=$apt/archives"
        -o APT::Sandbox::User= -o Debug::NoLocking=1 -o APT::Install-Recommends=0 -qq)
    apt-get "${options[@]}" update
    apt-get "${options[@]}" -y --download-only install "asterisk=$ASTERISK_VERSION" asterisk-modules >/dev/null
    for package in "$apt"/archives/*.deb; do dpkg-deb -x "$package" "$TREE"; done
    rm -rf "$apt"
}

configure() {
    local name
    cat >"$ETC/asterisk.conf" <<CONF
[directories]
astetcdir => $ETC
astmoddir => $(find "$TREE/" -type d -path '*asterisk/modules' -print -quit)
astvarlibdir => $DIR/lib
astdbdir => $DIR/lib
astkeydir => $DIR/lib
astdatadir => $TREE/usr/share/asterisk
astagidir => $DIR/lib
astspooldir => $DIR/spool
astrundir => $DIR/run
astlogdir => $DIR/log
CONF
    {
        printf '[modules]\nautoload=no\n'
        # shellcheck disable=SC2086
        printf 'load=%s.so\n' $MODULES "$@"
    } >"$ETC/modules.conf"
    printf '[general]\nenabled=yes\nbindaddr=127.0.0.1\nport=26038\n[me]\nsecret=s\nread=all\nwrite=all\n' >"$ETC/manager.conf"
    printf '[general]\nrtpstart=26100\nrtpend=26199\n' >"$ETC/rtp.conf"
    cat >"$ETC/pjsip.conf" <<CONF
[udp]
type=transport
protocol=udp
bind=127.0.0.1:26060
[callee]
type=endpoint
context=default
disallow=all
allow=alaw
aors=callee
direct_media=no
[callee]
type=aor
contact=sip:callee@127.0.0.1:26062
[callee]
type=identify
endpoint=callee
match=127.0.0.1
CONF
    for name in more_pjsip extensions logger cdr cel ccss features acl; do : >>"$ETC/$name.conf"; done
    cat "$ETC/more_pjsip.conf" >>"$ETC/pjsip.conf"
}
