# `cmake --install`: the program, and below share/joust what it finds from there (src/cli/installation.cpp). With `cpack` a
# Debian package of the same.
include(GNUInstallDirs)
set(JOUST_COMMIT "" CACHE STRING "Commit of these sources, where git cannot tell it")

install(TARGETS joust RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
set(joust_share ${CMAKE_INSTALL_DATADIR}/joust)
set(joust_generated
    REGEX "/(__pycache__|\\.git|\\.venv|venv|node_modules|\\.[a-z]+_cache)$" EXCLUDE
    PATTERN "*.pyc" EXCLUDE)
foreach(folder benchmarks workloads contenders docker)
  if(IS_DIRECTORY ${CMAKE_SOURCE_DIR}/${folder})
    install(DIRECTORY ${folder} DESTINATION ${joust_share} USE_SOURCE_PERMISSIONS ${joust_generated})
  endif()
endforeach()
install(FILES LICENSE DESTINATION ${joust_share})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)
install(FILES README.md ARCHITECTURE.md SECURITY.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR} ${joust_generated})

# Whatever umask the checkout was made with, everybody can read what is installed, and nobody but its owner write.
install(CODE "
  set(share \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${joust_share}\")
  set(commit \"${JOUST_COMMIT}\")
  if(NOT commit AND EXISTS \"${CMAKE_SOURCE_DIR}/.git\")
    # Whose checkout it is does not matter to git: this very script comes out of it.
    set(git git -C \"${CMAKE_SOURCE_DIR}\" -c safe.directory=* --no-optional-locks)
    execute_process(COMMAND \${git} rev-parse --verify HEAD
                    OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    execute_process(COMMAND \${git} status --porcelain
                    OUTPUT_VARIABLE changed OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    if(commit AND changed)
      string(APPEND commit \" changed\")
    endif()
  endif()
  file(REMOVE \"\${share}/commit\")
  if(commit)
    file(WRITE \"\${share}/commit\" \"\${commit}\\n\")
  endif()
  execute_process(COMMAND chmod -R u=rwX,go=rX \"\${share}\" \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DOCDIR}\"
                  COMMAND_ERROR_IS_FATAL ANY)
")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME joust)
set(CPACK_PACKAGE_VENDOR Joust)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "fair head-to-head benchmarks of web services")
set(CPACK_PACKAGE_DESCRIPTION "Joust runs several implementations of one workload under equal limits and equal load, proves that each did the work,
refuses to rank what is not valid, and writes one report that a reader can check.
.
The package holds the program, which is also a load generator of its own, and the benchmarks, workloads and contenders that it
ships with. It starts no daemon: a run starts a private PostgreSQL, and removes it at its end.")
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_BINARY_DIR}/package)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "Joust developers <joust@joust.invalid>")
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# passwd has useradd: a run of root's makes the user whom its database server runs as.
set(CPACK_DEBIAN_PACKAGE_DEPENDS
    "postgresql (>= 15), python3 (>= 3.11), python3-venv, ca-certificates, gnuplot-nox, fonts-dejavu-core, passwd")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS git)
# The C++ reference contender is compiled where it is used; the others need none of it.
set(CPACK_DEBIAN_PACKAGE_SUGGESTS
    "docker.io, g++, cmake, ninja-build, libboost-dev, libpq-dev, libsqlite3-dev, nlohmann-json3-dev")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA "${CMAKE_SOURCE_DIR}/cmake/debian/prerm;${CMAKE_SOURCE_DIR}/cmake/debian/postrm")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
