package dev.weft.agent;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Stands in for {@code sun.misc.Unsafe} in the agent's copy of protobuf, whose packaging renames
 * that class to this one: reads and writes fields by reflection. JDKs from 24 on warn the
 * application's users about the first library that uses the real one, and a later JDK will not have
 * it.
 *
 * <p>An "offset" is the number of a field. What protobuf can do without (arrays, memory) is left
 * out, and it notices that by itself. Thread-safe.
 */
public final class FieldAccess {

  // First: protobuf takes the first field of this class that holds an instance.
  static final FieldAccess THE_ONE = new FieldAccess();

  private final ConcurrentHashMap<Field, Long> offsets = new ConcurrentHashMap<>();

  /** By offset; the first is not used, so that no field is at 0. */
  private final CopyOnWriteArrayList<Field> fields =
      new CopyOnWriteArrayList<>(
          Arrays.asList(FieldAccess.class.getDeclaredFields()).subList(0, 1));

  private FieldAccess() {}

  /** The number of a field; the same for the same field. */
  public long objectFieldOffset(Field field) {
    Long known = offsets.get(field);
    return known != null ? known : register(field);
  }

  private synchronized long register(Field field) {
    Long known = offsets.get(field);
    if (known != null) {
      return known;
    }
    if (field.getDeclaringClass().getClassLoader() != FieldAccess.class.getClassLoader()) {
      // A field of the JDK, asked for by the part of protobuf that then finds it can do without: to
      // open it would be a warning on the application's stderr.
      return -1;
    }
    field.setAccessible(true);
    fields.add(field);
    long offset = fields.size() - 1L;
    offsets.put(field, offset);
    return offset;
  }

  /** Protobuf tries this one to see whether anything works; arrays themselves are not supported. */
  public int arrayBaseOffset(Class<?> type) {
    return 0;
  }

  /** An instance by its constructor without arguments. */
  public Object allocateInstance(Class<?> type) throws InstantiationException {
    try {
      Constructor<?> constructor = type.getDeclaredConstructor();
      constructor.setAccessible(true);
      return constructor.newInstance();
    } catch (ReflectiveOperationException e) {
      InstantiationException failure = new InstantiationException(type.getName());
      failure.initCause(e);
      throw failure;
    }
  }

  public Object getObject(Object target, long offset) {
    try {
      return field(offset).get(target);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  public void putObject(Object target, long offset, Object value) {
    try {
      field(offset).set(target, value);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  public int getInt(Object target, long offset) {
    return (Integer) getObject(target, offset);
  }

  public void putInt(Object target, long offset, int value) {
    putObject(target, offset, value);
  }

  public long getLong(Object target, long offset) {
    return (Long) getObject(target, offset);
  }

  public void putLong(Object target, long offset, long value) {
    putObject(target, offset, value);
  }

  public boolean getBoolean(Object target, long offset) {
    return (Boolean) getObject(target, offset);
  }

  public void putBoolean(Object target, long offset, boolean value) {
    putObject(target, offset, value);
  }

  public float getFloat(Object target, long offset) {
    return (Float) getObject(target, offset);
  }

  public void putFloat(Object target, long offset, float value) {
    putObject(target, offset, value);
  }

  public double getDouble(Object target, long offset) {
    return (Double) getObject(target, offset);
  }

  public void putDouble(Object target, long offset, double value) {
    putObject(target, offset, value);
  }

  private Field field(long offset) {
    return fields.get((int) offset);
  }
}
