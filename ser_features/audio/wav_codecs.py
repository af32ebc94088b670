"""Names of the encodings that a WAV file may hold and that are not read.

format tag → `name_of` → name and number

>>> name_of(0x0083), name_of(0x7777)
('G.729 (WAV format 0x0083)', 'WAV format 0x7777')

Source: mmreg.h of the Windows SDK; libavformat/riff.c of FFmpeg for tags that were never registered.
"""

_NAMES: dict[int, str] = {
    0x0005: "CVSD",
    0x0008: "DTS",
    0x000A: "Windows Media Audio Voice",
    0x0010: "Oki ADPCM",
    0x0014: "G.723 ADPCM",
    0x0017: "Dialogic ADPCM",
    0x0020: "Yamaha ADPCM",
    0x0022: "TrueSpeech",
    0x0032: "MSN GSM",
    0x0038: "AMR",
    0x0041: "G.728",
    0x0042: "G.723.1",
    0x0045: "G.726",
    0x0057: "AMR",
    0x0058: "AMR-WB",
    0x0059: "G.723.1",
    0x0061: "Duck ADPCM",
    0x0062: "Duck ADPCM",
    0x0064: "G.726",
    0x0065: "G.722",
    0x0069: "Voxware ADPCM",
    0x0070: "Lernout & Hauspie CELP",
    0x0075: "MetaSound",
    0x0083: "G.729",
    0x0084: "G.729",
    0x0085: "G.726",
    0x0092: "AC-3",
    0x00FF: "AAC",
    0x0111: "G.723.1",
    0x0112: "Siren",
    0x0123: "G.723.1",
    0x0130: "ACELP",
    0x0133: "G.729",
    0x0140: "G.726",
    0x0150: "PureVoice",
    0x0160: "Windows Media Audio",
    0x0161: "Windows Media Audio",
    0x0162: "Windows Media Audio Professional",
    0x0163: "Windows Media Audio Lossless",
    0x0200: "Creative ADPCM",
    0x0270: "ATRAC3",
    0x028E: "G.722.1",
    0x028F: "G.722",
    0x0401: "Intel Music Coder",
    0x0500: "On2 AVC",
    0x1500: "GSM",
    0x1600: "AAC",
    0x1601: "AAC",
    0x1602: "AAC",
    0x1610: "AAC",
    0x2000: "AC-3",
    0x2001: "DTS",
    0x566F: "Vorbis",
    0x674F: "Vorbis",
    0x6750: "Vorbis",
    0x6751: "Vorbis",
    0x676F: "Vorbis",
    0x6770: "Vorbis",
    0x6771: "Vorbis",
    0x704F: "Opus",
    0x706D: "AAC",
    0x7A21: "AMR",
    0x7A22: "AMR",
    0xA106: "AAC",
    0xA109: "Speex",
    0xF1AC: "FLAC",
}


def name_of(tag: int) -> str:
    """Name and number of an encoding.

    Args:
        tag: of the format chunk, or of the first two bytes of an extensible one's subformat.
    """
    number = f"WAV format 0x{tag:04X}"
    return f"{_NAMES[tag]} ({number})" if tag in _NAMES else number
