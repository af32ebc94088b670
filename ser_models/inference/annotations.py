"""The timeline of a recording → annotation files for Praat and ELAN.

`Prediction` → `spans_of` → `write_textgrid` (.TextGrid), `write_elan` (.eaf)

A prediction without a timeline is one span. Silence and unknown emotions are empty intervals.

>>> from ser_models.inference.prediction import Prediction
>>> text = textgrid(Prediction("a.wav", "sad", 0.9, seconds=2.0, verdict="emotion"))
>>> [line.strip() for line in text.splitlines() if "text" in line]
['text = "sad"']
"""

from xml.etree import ElementTree

from ser_models.inference.prediction import Prediction
from ser_models.inference.timeline import TimelineSpan

TIER = "emotion"

ELAN_SCHEMA = "http://www.mpi.nl/tools/elan/EAFv3.0.xsd"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
EPOCH = "1970-01-01T00:00:00+00:00"
"""Date of every ELAN file, which requires one: the same prediction gives the same file."""


def spans_of(prediction: Prediction) -> list[TimelineSpan]:
    """Return the timeline of a prediction, or one span for all of it."""
    if prediction.timeline:
        return prediction.timeline
    start = prediction.start or 0.0
    end = start + (prediction.seconds or 0.0) if prediction.end is None else prediction.end
    return [TimelineSpan(start, end, prediction.emotion, prediction.confidence)]


def textgrid(prediction: Prediction) -> str:
    """Return the timeline as a TextGrid of Praat, with one interval tier, in its long text format."""
    spans = spans_of(prediction)
    if spans[0].start > 0:  # a tier begins at 0
        spans = [TimelineSpan(0.0, spans[0].start, None, None), *spans]
    end = spans[-1].end
    lines = [
        'File type = "ooTextFile"',
        'Object class = "TextGrid"',
        "",
        "xmin = 0",
        f"xmax = {end}",
        "tiers? <exists>",
        "size = 1",
        "item []:",
        "    item [1]:",
        '        class = "IntervalTier"',
        f'        name = "{TIER}"',
        "        xmin = 0",
        f"        xmax = {end}",
        f"        intervals: size = {len(spans)}",
    ]
    for number, span in enumerate(spans, start=1):
        text = (span.emotion or "").replace('"', '""')
        lines += [
            f"        intervals [{number}]:",
            f"            xmin = {span.start}",
            f"            xmax = {span.end}",
            f'            text = "{text}"',
        ]
    return "\n".join([*lines, ""])


def elan(prediction: Prediction) -> str:
    """Return the timeline as an annotation document of ELAN, with one tier; times are in ms."""
    root = ElementTree.Element(
        "ANNOTATION_DOCUMENT",
        {"AUTHOR": "ser", "DATE": EPOCH, "FORMAT": "3.0", "VERSION": "3.0"}
        | {"xmlns:xsi": XSI, "xsi:noNamespaceSchemaLocation": ELAN_SCHEMA},
    )
    header = ElementTree.SubElement(root, "HEADER", {"MEDIA_FILE": "", "TIME_UNITS": "milliseconds"})
    ElementTree.SubElement(header, "PROPERTY", {"NAME": "recording"}).text = prediction.file
    order = ElementTree.SubElement(root, "TIME_ORDER")
    tier = ElementTree.SubElement(root, "TIER", {"TIER_ID": TIER, "LINGUISTIC_TYPE_REF": TIER})
    named = [span for span in spans_of(prediction) if span.emotion]
    for number, span in enumerate(named, start=1):
        slots = {f"ts{2 * number - 1}": span.start, f"ts{2 * number}": span.end}
        for slot, seconds in slots.items():
            value = str(round(1000 * seconds))
            ElementTree.SubElement(order, "TIME_SLOT", {"TIME_SLOT_ID": slot, "TIME_VALUE": value})
        first, last = slots
        annotation = ElementTree.SubElement(
            ElementTree.SubElement(tier, "ANNOTATION"),
            "ALIGNABLE_ANNOTATION",
            {"ANNOTATION_ID": f"a{number}", "TIME_SLOT_REF1": first, "TIME_SLOT_REF2": last},
        )
        ElementTree.SubElement(annotation, "ANNOTATION_VALUE").text = span.emotion
    ElementTree.SubElement(
        root,
        "LINGUISTIC_TYPE",
        {"LINGUISTIC_TYPE_ID": TIER, "TIME_ALIGNABLE": "true", "GRAPHIC_REFERENCES": "false"},
    )
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'
