"""Makes the images beside this file and what Pillow reads them as (Pillow 12.3)."""
import io, os, struct
from PIL import Image

HERE = os.path.dirname(os.path.abspath(__file__))


def path(name):
    return os.path.join(HERE, name)


def pattern(width, height):
    image = Image.new("RGB", (width, height))
    for y in range(height):
        for x in range(width):
            image.putpixel((x, y), ((x * 37 + y * 11) % 256, (x * x * 5 + y * 23) % 256, (y * y * 9 + x * 3) % 256))
    return image


def smooth(width, height):
    return pattern(6, 5).resize((width, height), Image.BICUBIC)


def expect(name, converted=None):
    (converted or Image.open(path(name)).convert("RGB")).save(path(name.rsplit(".", 1)[0] + ".expected.png"))


def without_markers(data, *markers):
    """Drops segments before the scan by their marker."""
    out, at = data[:2], 2
    while data[at + 1] != 0xDA:
        length = struct.unpack(">H", data[at + 2:at + 4])[0] + 2
        if data[at + 1] not in markers:
            out += data[at:at + length]
        at += length
    return out + data[at:]


def with_ids(data, ids):
    """Renames the components in the frame's and the scan's header."""
    data = bytearray(data)
    at = 2
    while True:
        marker, length = data[at + 1], struct.unpack(">H", data[at + 2:at + 4])[0]
        if marker in (0xC0, 0xC1, 0xC2):
            for i, name in enumerate(ids):
                data[at + 10 + 3 * i] = name
        if marker == 0xDA:
            for i, name in enumerate(ids):
                data[at + 5 + 2 * i] = name
            return bytes(data)
        at += length + 2


def jpeg(name, image, change=lambda data: data, **options):
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", **options)
    open(path(name), "wb").write(change(buffer.getvalue()))
    expect(name)


photo = smooth(37, 29)
jpeg("ycbcr420.jpg", photo, quality=80)
jpeg("ycbcr444.jpg", photo, quality=95, subsampling=0)
jpeg("progressive.jpg", photo, quality=80, progressive=True)
jpeg("grey.jpg", photo.convert("L"))
jpeg("adobe_rgb.jpg", photo, keep_rgb=True, quality=95)
jpeg("ids_rgb.jpg", photo, lambda d: with_ids(without_markers(d, 0xE0, 0xEE), b"RGB"), keep_rgb=True, quality=95)
jpeg("ids_012.jpg", photo, lambda d: with_ids(without_markers(d, 0xE0), bytes([0, 1, 2])), subsampling=0)
jpeg("ids_012_420.jpg", photo, lambda d: with_ids(without_markers(d, 0xE0), bytes([0, 1, 2])))
jpeg("no_marker.jpg", photo, lambda d: without_markers(d, 0xE0), subsampling=0)
jpeg("cmyk.jpg", photo.convert("CMYK"))
jpeg("cmyk_no_marker.jpg", photo.convert("CMYK"), lambda d: without_markers(d, 0xE0, 0xEE))


def ycck(data):
    at = data.index(b"Adobe")
    data = bytearray(data)
    data[at + 11] = 2
    return bytes(data)


jpeg("ycck.jpg", photo.convert("CMYK"), ycck)

for name, options in {"lossy": {"quality": 80}, "lossless": {"lossless": True}}.items():
    photo.save(path(f"{name}.webp"), **options)
    expect(f"{name}.webp")
alpha = photo.copy()
alpha.putalpha(Image.linear_gradient("L").resize(photo.size))
alpha.save(path("alpha.webp"), lossless=True, exact=True)
white = Image.new("RGBA", photo.size, "white")
expect("alpha.webp", Image.alpha_composite(white, Image.open(path("alpha.webp")).convert("RGBA")).convert("RGB"))
exif = Image.Exif()
exif[0x0112] = 6
photo.save(path("turned.webp"), lossless=True, exif=exif)
expect("turned.webp", photo.rotate(-90, expand=True))
frames = [photo, photo.rotate(180)]
frames[0].save(path("animated.webp"), save_all=True, append_images=frames[1:], lossless=True)
frames[0].save(path("frames.gif"), save_all=True, append_images=frames[1:])
frames[0].save(path("animated.png"), save_all=True, append_images=frames[1:])
frames[0].save(path("pages.tiff"), save_all=True, append_images=frames[1:])
for name in ["animated.webp", "frames.gif", "animated.png", "pages.tiff"]:
    expect(name)

source = pattern(13, 9)
source.save(path("resize.png"))
for name in ["NEAREST", "BOX", "BILINEAR", "HAMMING", "BICUBIC", "LANCZOS"]:
    for size in [(5, 4), (13, 20), (31, 3)]:
        source.resize(size, Image.Resampling[name]).save(path(f"resize-{name.lower()}-{size[0]}x{size[1]}.png"))
source.resize((11, 8), Image.BICUBIC).crop((2, 1, 8, 7)).save(path("resize-crop.png"))
padded = Image.new("RGB", (8, 8))
padded.paste(source.resize((8, 6), Image.BILINEAR), (0, 1))
padded.save(path("resize-pad.png"))
wide = Image.new("RGB", (10, 10))
wide.paste(source.resize((7, 5), Image.BILINEAR), (2, 3))
wide.crop((1, 1, 10, 10)).save(path("resize-small.png"))
