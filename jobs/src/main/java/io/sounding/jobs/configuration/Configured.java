package io.sounding.jobs.configuration;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * An option that may also stand in the configuration file, or on a class, all of its options. The
 * key is {@code section.name}, the option's name without its dashes.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.FIELD})
public @interface Configured {

  /** The section that is named like the command. */
  String OF_THE_COMMAND = "<command>";

  /** No section: the option means the same wherever it is. */
  String TOP = "";

  /** The section. */
  String section() default OF_THE_COMMAND;
}
