# Fetches what package-lock.json names into FOLDER/node_modules: cmake -DNPM=... -DPAGE=... -DFOLDER=... -P fetch.cmake
file(COPY ${PAGE}/package.json ${PAGE}/package-lock.json DESTINATION ${FOLDER})
execute_process(COMMAND ${NPM} ci --ignore-scripts --no-audit --no-fund --prefer-offline --loglevel=error WORKING_DIRECTORY ${FOLDER}
                RESULT_VARIABLE status)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "npm could not fetch the charts of sojourn report. To build without them: cmake --preset release -DSOJOURN_PAGES=OFF")
endif()
file(TOUCH ${FOLDER}/node_modules/.package-lock.json)
