package org.pellucid.models.vision;

/** The file formats that images are read from. */
public enum ImageFormat {
  /** JPEG, baseline or progressive, 8 bits a sample; grey, RGB, YCbCr, CMYK or YCCK. */
  JPEG,
  /** PNG of any colour type and depth. */
  PNG,
  /** GIF, of which the first frame counts. */
  GIF,
  /** Windows bitmap. */
  BMP,
  /** TIFF, of which the first page counts. */
  TIFF,
  /** The portable any-map family: PBM, PGM, PPM and PAM. */
  PNM,
  /** WebP, lossy or lossless, of which the first frame counts. */
  WEBP;

  /** The formats as messages name them. */
  static final String READABLE = "JPEG, PNG, GIF, BMP, TIFF, PNM or WebP";
}
