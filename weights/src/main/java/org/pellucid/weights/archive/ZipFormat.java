package org.pellucid.weights.archive;

import java.util.List;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.MappedFile;
import org.pellucid.weights.WeightFormat;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;

/**
 * ZIP archives of weights. The directory is read once, and its entries tell the format.
 *
 * @param formats the formats that archives are tried as, in this order
 */
public record ZipFormat(List<ArchiveFormat> formats) implements WeightFormat {
  @Override
  public boolean recognises(MappedFile file) {
    return ZipDirectory.recognises(file.content());
  }

  @Override
  public Checkpoint read(MappedFile file) {
    var archive = new ZipDirectory(file.file(), file.content(), file.limits());
    return formats.stream()
        .filter(format -> format.recognises(archive))
        .findFirst()
        .orElseThrow(
            () ->
                new WeightsException(
                    Cause.UNKNOWN_FORMAT,
                    file.file(),
                    "this ZIP archive holds neither a data.pkl, as torch.save writes, nor NPY "
                        + "files; unpack it and name a weight file in it"))
        .read(file, archive);
  }
}
